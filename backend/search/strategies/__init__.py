"""The strategies: one small file each, made of the kernel's tree, selection and growth."""

"""The embedded runtime: a small Llama as generator and as process reward model, in NumPy."""

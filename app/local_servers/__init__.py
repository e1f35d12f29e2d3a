"""`treewright models start`: the vLLM servers of a profile on this machine, from start to stop."""

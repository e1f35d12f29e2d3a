"""The pure search kernel: tree, events, ask/tell strategies, selection, backup, budgets.

No input or output, no clock, no randomness of its own: the same events always give the same tree.
"""

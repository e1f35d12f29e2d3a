"""The embedded models: task generators, exact checkers, training, export and evaluation."""

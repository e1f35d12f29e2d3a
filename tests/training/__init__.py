"""Tests of the task checkers, the training data and the evaluation statistics (no torch)."""

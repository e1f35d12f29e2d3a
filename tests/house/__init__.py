"""Tests of the house rules: sizes, layers, docs."""

"""Tests of the search kernel."""

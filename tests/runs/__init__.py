"""Tests of backend.runs."""

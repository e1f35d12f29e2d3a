"""Tests of backend.reasoning."""

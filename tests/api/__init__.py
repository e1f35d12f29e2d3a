"""Tests of backend.api."""

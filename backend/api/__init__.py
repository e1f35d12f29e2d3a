"""Thin HTTP routes: parse, ask RunService, answer. One error shape for all of them."""

"""Clients for generators and verifiers: they translate, nothing more.

Retries, deadlines, budgets and recording sit above them, in backend.runs.
"""

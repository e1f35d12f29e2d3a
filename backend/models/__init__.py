"""Clients for generators and verifiers: they translate, nothing more.

Budgets, recording and the deadline of a piece of work sit above them, in backend.runs; what a
server needs to be asked properly (retries, the deadline of a request), in backend.models.servers.
"""

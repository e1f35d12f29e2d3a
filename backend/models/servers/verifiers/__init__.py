"""Verifiers behind HTTP: every convention of a PRM, judge or ORM, described as data."""

"""Measurements: engine throughput, model runtimes. Each module prints its own table."""

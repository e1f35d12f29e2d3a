"""Everything behind the page: HTTP API, runs, reasoning, the search kernel and model clients."""

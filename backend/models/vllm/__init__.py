"""Models behind vLLM servers that serve Treewright's own step format."""

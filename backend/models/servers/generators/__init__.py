"""The generator for models that follow instructions, behind any server that speaks OpenAI's API."""

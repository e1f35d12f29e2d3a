"""Models behind HTTP: vLLM first, and every other server that speaks the OpenAI API."""

"""The suite of `make test-vllm`: what only real vLLM servers show."""

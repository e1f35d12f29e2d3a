"""The Gradio page: the shell, the form and the theme around the explorer in `static/`.

Gradio draws the page and its inputs; everything that shows or changes a tree is the explorer's
plain JavaScript, which talks to the same HTTP API as any script. No handler of the page runs on the
server.
"""

import os

# Gradio reads this when it is first imported, and would otherwise call out to the internet.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

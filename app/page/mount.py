"""Puts the page into the FastAPI application, after every route of the API."""

import gradio as gr
from fastapi import FastAPI

from app.page.assets import PLOTLY, STATIC_DIR, mount_assets, static_url
from app.page.layout import build_page
from app.page.opening import Opening
from app.page.options import PageOptions
from app.page.theme import page_theme

STYLES = (
    "css/page.css",
    "css/explorer.css",
    "css/panes.css",
    "css/compare.css",
    "css/library.css",
    "css/time.css",
    "css/embed.css",
    "css/about.css",
    "css/hints.css",
)


def _head() -> str:
    """Icon, styles, and a head start for the two big downloads. All of it from this server.

    A shared tree is shown without the form, an embedded one with nothing around it. The classes
    are set here, before anything is drawn.
    """
    styles = "".join(f'<link rel="stylesheet" href="{static_url(name)}">' for name in STYLES)
    return (
        f"{styles}"
        '<meta name="color-scheme" content="light dark">'
        f'<link rel="icon" type="image/svg+xml" href="{static_url("icon.svg")}">'
        f'<link rel="modulepreload" href="{static_url("js/main.js")}">'
        f'<link rel="preload" as="script" href="{static_url(PLOTLY)}">'
        "<script>{ const query = new URLSearchParams(location.search);"
        " const embedded = query.get('embed') === '1';"
        " const { classList } = document.documentElement;"
        " classList.toggle('tw-embed', embedded);"
        " classList.toggle('tw-shared', embedded || query.get('view') === 'shared') }</script>"
    )


def mount_page(app: FastAPI, options: PageOptions | None = None) -> FastAPI:
    """Mounts the page at `/`. Call it last: Gradio answers every path not taken before it."""
    mount_assets(app)
    page = build_page(options or PageOptions())
    page.queue(api_open=False)
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        theme=page_theme(),
        head=_head(),
        favicon_path=str(STATIC_DIR / "icon.svg"),
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        show_error=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
    )
    app.add_middleware(Opening)
    return app

"""The page's Gradio theme: system fonts only (nothing is fetched), slate greys, a teal accent."""

import gradio as gr

# What macOS, Windows and Linux have for Chinese: browsers left to choose may take a Japanese font.
_CHINESE = ("PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC")


def page_theme() -> gr.themes.Base:
    """The theme; finer points of the look are in `static/css`."""
    return gr.themes.Default(
        primary_hue="teal",
        neutral_hue="slate",
        text_size="sm",
        spacing_size="sm",
        radius_size="sm",
        font=["system-ui", "-apple-system", "Segoe UI", *_CHINESE, "sans-serif"],
        font_mono=["ui-monospace", "SFMono-Regular", "Menlo", *_CHINESE, "monospace"],
    )

"""Tests of the Gradio page and the wiring."""

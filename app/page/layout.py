"""Lays the page out: the search form on the left, the explorer's host element beside it.

Model text never passes through Gradio: hosts are empty elements that the explorer fills with text
nodes, because a Gradio template evaluates what it is given as code. Buttons carry only JavaScript.
Labels are English until the explorer says them in the language of the reader (`formWords`).
"""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from app.page.assets import PLOTLY, english, static_url
from app.page.options import PageOptions


@dataclass(frozen=True, slots=True)
class _Form:
    """The inputs whose values the explorer is handed when a search is started."""

    example: Any
    problem: Any
    strategy: Any
    generated_tokens: Any
    nodes: Any
    seconds: Any
    reference: Any
    seed: Any
    more: Any
    search: Any
    batch: Any
    copy: Any
    keep: Any

    def inputs(self) -> list[Any]:
        """In the order of the parameters of `search` in main.js."""
        return [
            self.problem,
            self.strategy,
            self.generated_tokens,
            self.nodes,
            self.seconds,
            self.reference,
            self.seed,
        ]

    def worded(self) -> list[Any]:
        """Those with words on them, in the order of `formWords` in main.js."""
        return [
            self.example,
            self.problem,
            self.strategy,
            self.generated_tokens,
            self.more,
            self.reference,
            self.nodes,
            self.seconds,
            self.seed,
            self.search,
            self.batch,
        ]


def _call(function: str) -> str:
    """JavaScript for Gradio that calls an exported function of the explorer with its arguments."""
    return f"async (...a) => (await import('{static_url('js/main.js')}')).{function}(...a)"


def _host(name: str, attributes: str = "") -> gr.HTML:
    """An empty element that the explorer takes over under this name."""
    return gr.HTML(
        None,
        html_template=f'<div class="tw-host" {attributes}></div>',
        js_on_load=f"import('{static_url('js/main.js')}')"
        f".then(m => m.host('{name}', element.querySelector('.tw-host')))",
        elem_id=f"tw-{name}",
        apply_default_css=False,
    )


def _number(name: str, value: int) -> gr.Number:
    label = english(f"form.{name}")
    return gr.Number(label=label, value=value, precision=0, min_width=70, elem_id=f"tw-{name}")


def _more(options: PageOptions) -> tuple[Any, Any, Any, Any, Any]:
    """The inputs most people never open: node and time budget, reference answer, seed."""
    _host("limits")
    with gr.Accordion(english("form.more"), open=False, elem_id="tw-more") as more:
        reference = gr.Textbox(
            label=english("form.reference"),
            info=english("form.referenceInfo"),
            lines=1,
            elem_id="tw-reference",
        )
        with gr.Row():
            nodes = _number("nodes", options.nodes)
            seconds = _number("seconds", options.seconds)
        seed = _number("seed", options.seed)
    return reference, nodes, seconds, seed, more


def _form(options: PageOptions) -> _Form:
    example = gr.Dropdown(label=english("form.example"), choices=[], elem_id="tw-example")
    problem = gr.Textbox(
        label=english("form.problem"),
        placeholder=english("form.placeholder"),
        lines=4,
        max_lines=9,
        elem_id="tw-problem",
    )
    _host("knows")
    _host("graded")
    strategy = gr.Dropdown(
        label=english("form.strategy"),
        choices=[options.strategy],
        value=options.strategy,
        elem_id="tw-strategy",
    )
    _host("strategy-info")
    tokens = _number("tokens", options.generated_tokens)
    reference, nodes, seconds, seed, more = _more(options)
    search = gr.Button(english("form.search"), variant="primary", elem_id="tw-search")
    batch = gr.Button(english("form.batch"), elem_id="tw-batch")
    # Pressed by the explorer only: the ways from its JavaScript to the values of the inputs.
    copy = gr.Button(elem_id="tw-copy")
    keep = gr.Button(elem_id="tw-keep")
    _host("form-message")
    return _Form(
        example,
        problem,
        strategy,
        tokens,
        nodes,
        seconds,
        reference,
        seed,
        more,
        search,
        batch,
        copy,
        keep,
    )


def _wire(page: gr.Blocks, form: _Form) -> None:
    """Every handler is JavaScript (`fn=None`): nothing here can be called on the server."""
    filled = [form.more, form.example, *form.inputs()]
    page.load(None, None, form.worded(), js=_call("formWords"))
    choices = page.load(None, None, [form.example, form.strategy], js=_call("formChoices"))
    choices.then(None, None, filled, js=_call("restored"))
    form.example.input(None, form.example, [form.problem, form.reference], js=_call("example"))
    form.reference.change(None, form.reference, None, js=_call("graded"))
    # Gradio calls `input` for keys only: pasted, dropped and dictated texts are changes too.
    form.problem.change(
        None,
        [form.problem, form.example, form.reference],
        [form.example, form.reference],
        js=_call("edited"),
    )
    limits = [form.generated_tokens, form.nodes, form.seconds]
    for limit in limits:
        limit.change(None, limits, None, js=_call("limits"))
    form.strategy.change(None, form.strategy, None, js=_call("strategy"))
    form.copy.click(None, None, filled, js=_call("copied"))
    form.keep.click(None, form.inputs(), None, js=_call("keep"))
    form.batch.click(None, form.inputs(), None, js=_call("batch"))
    for trigger in (form.search.click, form.problem.submit):
        trigger(None, form.inputs(), None, js=_call("search"))


def build_page(options: PageOptions) -> gr.Blocks:
    """The page, not yet mounted."""
    page = gr.Blocks(
        title=options.title, fill_width=True, fill_height=True, analytics_enabled=False
    )
    with page, gr.Row(elem_id="tw-page", equal_height=False):
        with gr.Column(elem_id="tw-side", min_width=0, scale=0):
            _host("brand")
            _host("from")
            form = _form(options)
            _host("runs")
        with gr.Column(elem_id="tw-main", min_width=0, scale=1):
            _host("explorer", f'data-plotly="{static_url(PLOTLY)}"')
        _wire(page, form)
    return page

"""Lays the page out: the search form on the left, the explorer's host element beside it.

Model text never passes through Gradio: hosts are empty elements that the explorer fills with text
nodes, because a Gradio template evaluates what it is given as code. Buttons carry only JavaScript.
"""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from app.page.assets import PLOTLY_URL, static_url
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


def _number(label: str, value: int, elem_id: str) -> gr.Number:
    return gr.Number(label=label, value=value, precision=0, min_width=70, elem_id=elem_id)


def _more(options: PageOptions) -> tuple[Any, Any, Any, Any, Any]:
    """The inputs most people never open: node and time budget, reference answer, seed."""
    with gr.Accordion("More options", open=False, elem_id="tw-more") as more:
        reference = gr.Textbox(
            label="Reference answer",
            info="Only grades the result; models never see it.",
            lines=1,
            elem_id="tw-reference",
        )
        with gr.Row():
            nodes = _number("Max nodes", options.nodes, "tw-nodes")
            seconds = _number("Max seconds", options.seconds, "tw-seconds")
        seed = _number("Seed", options.seed, "tw-seed")
    return reference, nodes, seconds, seed, more


def _form(options: PageOptions) -> _Form:
    example = gr.Dropdown(label="Example", choices=[], value=None, elem_id="tw-example")
    problem = gr.Textbox(
        label="Problem",
        placeholder="Type a problem, or pick an example above",
        lines=4,
        max_lines=9,
        elem_id="tw-problem",
    )
    strategy = gr.Dropdown(
        label="Strategy", choices=[options.strategy], value=options.strategy, elem_id="tw-strategy"
    )
    _host("strategy-info")
    tokens = _number("Token budget", options.generated_tokens, "tw-tokens")
    reference, nodes, seconds, seed, more = _more(options)
    search = gr.Button("Search", variant="primary", elem_id="tw-search")
    batch = gr.Button("Search a file of problems…", elem_id="tw-batch")
    # Pressed by the explorer only: the way from its JavaScript to the values of the inputs.
    copy = gr.Button("Copy a search", elem_id="tw-copy")
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
    )


def _wire(page: gr.Blocks, form: _Form) -> None:
    """Every handler is JavaScript (`fn=None`): nothing here can be called on the server."""
    page.load(None, None, [form.example, form.strategy], js=_call("formChoices"))
    form.example.input(None, form.example, [form.problem, form.reference], js=_call("example"))
    form.problem.input(
        None,
        [form.problem, form.example, form.reference],
        [form.example, form.reference],
        js=_call("edited"),
    )
    form.strategy.change(None, form.strategy, None, js=_call("strategy"))
    form.copy.click(None, None, [form.more, form.example, *form.inputs()], js=_call("copied"))
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
            form = _form(options)
            _host("runs")
        with gr.Column(elem_id="tw-main", min_width=0, scale=1):
            _host("explorer", f'data-plotly="{PLOTLY_URL}"')
        _wire(page, form)
    return page

"""The page of a comparison: accuracy against tokens, by difficulty, the table. Works offline."""

import math
from collections.abc import Sequence
from html import escape
from typing import Final

import plotly.graph_objects as go
import plotly.io as pio

from app.compare.report import BINS, Report
from backend.runs.estimates import Estimate
from backend.runs.standings import Standing

# Okabe and Ito's colours, which colour-blind people can tell apart.
_COLOURS: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_DASHES: Final = ("solid", "dash", "dot")
_CONFIG: Final = {"displaylogo": False, "responsive": True}
_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Treewright: strategies compared</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem;
  color: #1a1a1a; background: #fff }}
.scroll {{ overflow-x: auto }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; white-space: nowrap }}
th, td {{ padding: .35rem .8rem; text-align: right; border-bottom: 1px solid #ddd }}
th:first-child, td:first-child {{ text-align: left }}
</style></head><body>
<h1>Strategies compared</h1>
<p>{summary}</p>
{curves}
{gains}
{table}
{turns}
{bins}
</body></html>
"""


def page(report: Report) -> str:
    """The comparison as one HTML file with everything in it."""
    curves = pio.to_html(_curves(report), include_plotlyjs=True, full_html=False, config=_CONFIG)
    bins, gains = (
        pio.to_html(figure, include_plotlyjs=False, full_html=False, config=_CONFIG)
        for figure in (_bins(report), _gains(report))
    )
    limits = [f"{limit:,g} {key.replace('_', ' ')}" for key, limit in report.budget.items()]
    seeds = "1 seed" if report.seeds == 1 else f"{report.seeds} seeds"
    summary = (
        f"{report.problems} problems, {seeds}; at most {', '.join(limits)} per search. "
        "An answer counts when it matches the reference answer. Intervals: 95 %, bootstrap over "
        "problems. A search that ended by itself keeps its answer at every larger budget. "
        "The tokens in the table include what was under way when the budget was spent; no answer "
        "from there counts."
    )
    return _PAGE.format(
        summary=escape(summary),
        curves=curves,
        gains=gains if len(report.standings) > 1 else "",
        table=_table(report),
        turns=_turns(report),
        bins=bins,
    )


def percent(estimate: Estimate) -> str:
    """An estimate with its interval, in percent, for people."""
    if math.isnan(estimate.low):
        return f"{estimate.value:.1%}"
    return f"{estimate.value:.1%} [{100 * estimate.low:.0f}, {100 * estimate.high:.0f}]"


def _curves(report: Report) -> go.Figure:
    figure = go.Figure()
    for i, standing in enumerate(report.standings):
        tokens = [point.tokens for point in standing.curve]
        _add_line(figure, i, standing, tokens, [point.accuracy for point in standing.curve])
    figure.update_layout(
        title="Accuracy against what was spent",
        xaxis={"title": "generated tokens per problem (mean)", "type": "log"},
        yaxis={"title": "right answers", "tickformat": ".0%", "rangemode": "tozero"},
        template="plotly_white",
        height=520,
    )
    return figure


def _gains(report: Report) -> go.Figure:
    """By how much each strategy is ahead of the first, at every budget."""
    figure = go.Figure()
    first, *others = report.standings
    for i, standing in enumerate(others, 1):
        budgets = [point.budget for point in standing.curve]
        _add_line(figure, i, standing, budgets, [point.gain for point in standing.curve])
    figure.add_hline(y=0, line={"color": _COLOURS[0]})
    figure.update_layout(
        title=f"Ahead of {escape(first.entrant)} at the same budget (paired by problem)",
        xaxis={"title": "budget of generated tokens", "type": "log"},
        yaxis={"title": "right answers, difference", "tickformat": "+.0%"},
        showlegend=True,
        template="plotly_white",
        height=420,
    )
    return figure


def _add_line(
    figure: go.Figure,
    index: int,
    standing: Standing,
    tokens: Sequence[float],
    estimates: Sequence[Estimate],
) -> None:
    """An entrant's estimates with their intervals, in the colour that it has in every chart."""
    figure.add_scatter(
        x=tokens,
        y=[estimate.value for estimate in estimates],
        error_y={
            "array": [estimate.high - estimate.value for estimate in estimates],
            "arrayminus": [estimate.value - estimate.low for estimate in estimates],
            "thickness": 1,
            "width": 2,
        },
        name=escape(standing.entrant),
        mode="lines+markers",
        line={
            "color": _COLOURS[index % len(_COLOURS)],
            "dash": _DASHES[index // len(_COLOURS) % len(_DASHES)],
        },
    )


def _bins(report: Report) -> go.Figure:
    figure = go.Figure()
    for i, standing in enumerate(report.standings):
        names = [each for each in BINS if each in standing.by_difficulty]
        estimates = [standing.by_difficulty[each] for each in names]
        figure.add_bar(
            x=names,
            y=[estimate.value for estimate in estimates],
            error_y={
                "array": [estimate.high - estimate.value for estimate in estimates],
                "arrayminus": [estimate.value - estimate.low for estimate in estimates],
                "thickness": 1,
            },
            name=escape(standing.entrant),
            marker={"color": _COLOURS[i % len(_COLOURS)]},
        )
    figure.update_layout(
        title="By difficulty (thirds of the problems, by the share of right solutions sampled)",
        yaxis={"title": "right answers", "tickformat": ".0%", "range": [0, 1]},
        barmode="group",
        template="plotly_white",
        height=420,
    )
    return figure


def _table(report: Report) -> str:
    heads = ("strategy", "right answers", "gain", "tokens", "prompt tokens", "calls", "seconds")
    return _html_table(heads, [_row(standing) for standing in report.standings])


def _turns(report: Report) -> str:
    """What corrections did: SCoRe's metrics; nothing where nobody corrects."""
    heads = ("corrections", "first answer right", "last answer right", "change", "wrong → right",
             "right → wrong")  # fmt: skip
    rows = [
        (standing.entrant, *map(percent, standing.turns.values()))
        for standing in report.standings
        if standing.turns
    ]
    return _html_table(heads, rows) if rows else ""


def _html_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return (
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
        "</div>"
    )


def _row(standing: Standing) -> tuple[str, ...]:
    return (
        standing.entrant,
        percent(standing.accuracy),
        percent(standing.gain),
        f"{standing.generated_tokens:,.0f}",
        f"{standing.prompt_tokens:,.0f}",
        f"{standing.calls:,.1f}",
        f"{standing.seconds:.2f}",
    )

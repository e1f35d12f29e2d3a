"""The explorer's modules on their own, run by the browser from the files in `static/`."""

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import MODULES

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

# A tree that grew from a seed, as the events of its run.
GROWN = """
function grown(size, seed) {
  let state = seed;
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
  const events = [{kind: 'node_added', node: 0, parent: null, action: 'problem', text: 'p'}];
  for (let node = 1; node < size; node += 1) {
    const parent = Math.floor(random() ** 2 * node);
    events.push({kind: 'node_added', node, parent, action: 'solve', text: `s${node}`,
      estimate: random(), corrects: random() < 0.05 ? parent : null});
    if (random() < 0.8) events.push({kind: 'backed_up', node, value: random()});
  }
  return events.map((event, k) => ({seq: k + 1, ...event}));
}
"""


def run(page: "Page", script: str, argument: object = None) -> Any:
    """Runs a script with the modules in scope; returns what it returns."""
    names = {"TreeModel": "tree-model", "tidyLayout": "layout", "listRows": "outline-rows"}
    names |= {"chooseVisible": "visible", "alwaysKept": "visible", "valueColor": "colors"}
    names |= {"View": "view", "inTheFormsWords": "form-errors", "ApiError": "api"}
    names |= {"traces": "figure", "sameStep": "compare/paths", "unlike": "compare/paths"}
    names |= {"wordDiff": "word-diff"}
    names |= {"splitMathematics": "mathematics"}
    names |= {"firstDifference": "compare/paths", "placeMarks": "places", "Frame": "icicle-layout"}
    names |= {"layBlocks": "icicle-layout", "wantedBy": "outline-rows", "FILTERS": "outline-rows"}
    names |= {"contains": "outline-rows", "fromColumns": "columns", "fillTexts": "columns"}
    names |= {"Look": "look", "Moves": "places"}
    imports = "".join(
        f"const {{ {name} }} = await import('{MODULES}/js/{module}.js');"
        for name, module in names.items()
    )
    return page.evaluate(f"async (argument) => {{ {imports} {GROWN} {script} }}", argument)


def test_values_are_means_of_what_was_backed_up(modules: "Page") -> None:
    script = """
      const model = new TreeModel();
      const events = [
        {kind: 'node_added', node: 0, parent: null},
        {kind: 'node_added', node: 1, parent: 0, estimate: 0.9},
        {kind: 'backed_up', node: 1, value: 0.2}, {kind: 'backed_up', node: 1, value: 0.4},
        {kind: 'backed_up', node: 0, value: 0.9}];
      events.forEach((event, k) => model.apply({seq: k + 1, ...event}));
      return model.nodes.map((node) => [node.visits, node.value]);
    """
    assert run(modules, script) == [[3, pytest.approx(0.5)], [2, pytest.approx(0.3)]]


def test_labels_pin_values_and_let_go_of_them(modules: "Page") -> None:
    script = """
      const model = new TreeModel();
      const events = [
        {kind: 'node_added', node: 0, parent: null},
        {kind: 'node_added', node: 1, parent: 0, estimate: 0.25},
        {kind: 'node_added', node: 2, parent: 1, estimate: 0.5},
        {kind: 'labelled', node: 2, rating: -1, value: 0, visits: 1},
        {kind: 'backed_up', node: 2, value: 0.8},
        {kind: 'labelled', node: 1, rating: 1, value: 1, visits: 2},
        {kind: 'labelled', node: 2, rating: 0, value: 0.5, visits: 2},
        {kind: 'labelled', node: 1, rating: null, value: 0.5, visits: 2},
        {kind: 'labelled', node: 2, rating: null, value: 0.8, visits: 1}];
      return events.map((event, k) => {
        model.apply({seq: k + 1, ...event});
        return model.nodes.map((node) => [node.value, node.visits]);
      }).slice(3);
    """
    near = pytest.approx
    assert run(modules, script) == [
        [[0, 1], [0, 1], [0, 1]],
        [[0, 2], [0, 2], [0, 2]],
        [[1, 2], [1, 2], [0, 2]],
        [[1, 2], [1, 2], [0.5, 2]],
        [[0.5, 2], [0.5, 2], [0.5, 2]],
        [[near(0.8), 1], [near(0.8), 1], [0.8, 1]],
    ]


def test_what_is_pruned_counts_for_nothing_above_until_it_is_restored(modules: "Page") -> None:
    script = """
      const model = new TreeModel();
      const events = [
        {kind: 'node_added', node: 0, parent: null},
        {kind: 'node_added', node: 1, parent: 0, estimate: 0.5},
        {kind: 'node_added', node: 2, parent: 1, estimate: 0.5},
        {kind: 'backed_up', node: 2, value: 0.75}, {kind: 'backed_up', node: 1, value: 0.25},
        {kind: 'pruned', node: 2, pruned: true},
        {kind: 'pruned', node: 2, pruned: true},
        {kind: 'backed_up', node: 2, value: 0.5},
        {kind: 'pruned', node: 1, pruned: true},
        {kind: 'pruned', node: 2, pruned: false},
        {kind: 'pruned', node: 1, pruned: false}];
      return events.map((event, k) => {
        model.apply({seq: k + 1, ...event});
        return model.nodes.map((node) => [node.value, node.visits]);
      }).slice(5);
    """
    assert run(modules, script) == [
        [[0.25, 1], [0.25, 1], [0.75, 1]],
        [[0.25, 1], [0.25, 1], [0.75, 1]],
        [[0.25, 1], [0.25, 1], [0.625, 2]],
        [[None, 0], [0.25, 1], [0.625, 2]],
        [[None, 0], [0.5, 3], [0.625, 2]],
        [[0.5, 3], [0.5, 3], [0.625, 2]],
    ]


def test_a_label_just_given_stays_while_older_ones_are_told(modules: "Page") -> None:
    script = """
      const model = new TreeModel();
      const told = (rating) => ({kind: 'labelled', node: 1, rating, value: 0.5, visits: 1});
      let seq = 0;
      const shown = () => model.nodes[1]?.label;
      const apply = (event) => { model.apply({seq: seq += 1, ...event}); return shown(); };
      apply({kind: 'node_added', node: 0, parent: null});
      apply({kind: 'node_added', node: 1, parent: 0, estimate: 0.25});
      model.holdLabel(1, -1);
      model.holdLabel(1, 0);
      model.holdLabel(1, -1);
      const own = [shown(), apply(told(-1)), apply(told(0)), apply(told(-1))];
      const others = apply(told(1));
      model.holdLabel(1, 0);
      model.dropLabel(1, 0, 1);
      return [own, others, shown(), apply(told(null))];
    """
    assert run(modules, script) == [[-1, -1, -1, -1], 1, 1, None]


def test_what_hangs_below_a_pruned_step_is_out(modules: "Page") -> None:
    script = """
      const model = new TreeModel();
      const added = [null, 0, 1, 0, 3].map((parent, node) => ({kind: 'node_added', node, parent}));
      const events = [...added, {kind: 'backed_up', node: 2, value: 1},
        {kind: 'pruned', node: 1, pruned: true}];
      events.forEach((event, k) => model.apply({seq: k + 1, ...event}));
      return [[...model.out()], model.bestPath(), [0, 1, 2, 3].map((id) => model.prunedAt(id))];
    """
    assert run(modules, script) == [[0, 1, 1, 0, 0], [0, 3, 4], [None, 1, 1, None]]


def test_each_event_counts_once_and_unknown_ones_do_not(modules: "Page") -> None:
    script = """
      const model = new TreeModel();
      const events = grown(50, 7);
      for (const event of [...events, ...events]) model.apply(event);
      const before = JSON.stringify(model.nodes);
      model.apply({seq: 9001, kind: 'from_the_future', node: 3});
      model.apply({seq: 9002, kind: 'labelled', node: 777, rating: 1});
      return [model.size, JSON.stringify(model.nodes) === before, model.seq];
    """
    assert run(modules, script) == [50, True, 9002]


def test_snapshot_then_events_is_the_same_as_all_events(modules: "Page") -> None:
    script = """
      const events = grown(300, 11);
      const half = Math.floor(events.length / 2);
      const [all, begun, resumed] = [new TreeModel(), new TreeModel(), new TreeModel()];
      events.forEach((event) => all.apply(event));
      events.slice(0, half).forEach((event) => begun.apply(event));
      const nodes = begun.nodes.map(({children, depth, sum, ...node}) => node);
      const run = {best_node: null};
      resumed.load({run, nodes: JSON.parse(JSON.stringify(nodes)), seq: begun.seq});
      events.forEach((event) => resumed.apply(event));
      return all.nodes.map((node, k) => Math.abs((node.value ?? 0) - (resumed.nodes[k].value ?? 0))
        + Math.abs(node.visits - resumed.nodes[k].visits)).reduce((a, b) => Math.max(a, b));
    """
    assert run(modules, script) < 1e-9


def test_model_calls_in_flight(modules: "Page") -> None:
    script = """
      const model = new TreeModel();
      const events = [{kind: 'node_added', node: 0, parent: null},
        {kind: 'asked', work: 'a', node: 0}, {kind: 'asked', work: 'b', node: 0},
        {kind: 'told', work: 'a', node: 0}];
      events.forEach((event, k) => model.apply({seq: k + 1, ...event}));
      const one = [...model.busy()];
      model.apply({seq: 9, kind: 'status', status: 'paused'});
      return [one, [...model.busy()]];
    """
    assert run(modules, script) == [[0], []]


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_layout_is_tidy(modules: "Page", seed: int) -> None:
    script = """
      const model = new TreeModel();
      grown(400, argument).forEach((event) => model.apply(event));
      const x = tidyLayout(model.nodes.map((node) => node.children));
      const levels = new Map();
      let offCentre = 0;
      for (const node of model.nodes) {
        if (!levels.has(node.depth)) levels.set(node.depth, []);
        levels.get(node.depth).push(x[node.id]);
        const { children } = node;
        if (!children.length) continue;
        const middle = (x[children[0]] + x[children.at(-1)]) / 2;
        offCentre = Math.max(offCentre, Math.abs(x[node.id] - middle));
      }
      let gap = Infinity;
      for (const level of levels.values()) {
        level.sort((a, b) => a - b);
        for (let k = 1; k < level.length; k += 1) gap = Math.min(gap, level[k] - level[k - 1]);
      }
      const inOrder = (id, k, row) => k === 0 || x[id] > x[row[k - 1]];
      const ordered = model.nodes.every(({children}) => children.every(inOrder));
      return {gap, offCentre, ordered};
    """
    found = run(modules, script, seed)
    assert found["gap"] > 1 - 1e-6
    assert found["offCentre"] < 1e-6
    assert found["ordered"]


def test_layout_of_a_long_chain(modules: "Page") -> None:
    script = """
      const children = Array.from({length: 20000}, (_, k) => (k < 19999 ? [k + 1] : []));
      return [...new Set(tidyLayout(children))].concat(tidyLayout([]).length);
    """
    assert run(modules, script) == [0, 0]


def test_what_goes_on_below_an_answer_is_drawn_clear_of_it(modules: "Page") -> None:
    script = """
      const model = new TreeModel();
      const [first, second] = ['7', '8'].map((answer) => ({terminal: true, answer}));
      [{}, {}, first, {}, {corrects: 1}, second].forEach((step, node) => model.apply({seq: node + 1,
        kind: 'node_added', node, parent: node ? node - 1 : null, ...step}));
      const ids = model.nodes.map((node) => node.id);
      const scene = {model, ids, shown: new Uint8Array(6).fill(1), folds: new Map(),
        x: new Map(ids.map((id) => [id, 0])), best: ids, unit: 80, level: 80, sizes: 80,
        room: new Map(), out: model.out()};
      const drawn = traces(scene, {});
      return [drawn.find((one) => one.line.shape === 'spline').x, drawn.at(-1).textposition];
    """
    bow, places = run(modules, script)
    assert bow[0] == bow[2] == 0
    assert bow[1] < -0.1, "a correction on a straight path would be hidden behind it"
    assert places == ["middle right", "bottom center"], "the note keeps clear of the next mark"


def test_outline_rows(modules: "Page") -> None:
    script = """
      const model = new TreeModel();
      [null, 0, 0, 1, 1].forEach((parent, node) =>
        model.apply({seq: node + 1, kind: 'node_added', node, parent}));
      const order = (collapsed) => listRows(model, new Set(collapsed)).map((row) => row.id);
      return [order([]), order([1]), order([0])];
    """
    assert run(modules, script) == [[0, 1, 3, 4, 2], [0, 1, 2], [0]]


def test_colours_span_cividis(modules: "Page") -> None:
    script = "return [valueColor(0), valueColor(1), valueColor(-3), valueColor(7)]"
    low, high = "rgb(0,32,77)", "rgb(255,234,70)"
    assert run(modules, script) == [low, high, low, high]


def test_view_fits_until_somebody_chooses(modules: "Page") -> None:
    script = """
      const view = new View();
      const size = {width: 700, height: 400};
      const whole = view.range({left: 0, right: 20, depth: 6}, size);
      const inside = whole.x[0] < 0 && whole.x[1] > 20 && whole.y[0] < -6 && whole.y[1] > 0;
      view.zoom(0.5, whole);
      view.follow(3);
      const later = view.range({left: 0, right: 90, depth: 9}, size);
      const width = (range) => range.x[1] - range.x[0];
      return {inside, ratio: width(later) / width(whole), fits: view.fits};
    """
    assert run(modules, script) == {"inside": True, "ratio": pytest.approx(0.5), "fits": False}


SETTINGS = {"properties": {"n": {"title": "Solutions"}, "by_action": {}}}


@pytest.mark.parametrize(
    ("code", "said", "hint", "shown"),
    [
        ("invalid_settings", "settings of best_of_n: n: Input should be greater than or equal to 1",
         "GET /api/strategies lists it", "Solutions must be at least 1."),
        ("invalid_settings", "settings of x: n: Input should be a valid integer, got a fraction; "
         "by_action: Value error", "GET /api/strategies lists it",
         "Solutions must be a whole number. by action is not right: Value error."),
        ("invalid_budget", "the budget nodes must be above 0, and whole but for seconds",
         "for example {'seconds': 600}", "Max nodes must be above 0"),
        ("invalid_budget", "the budget seconds may be at most 604,800", "",
         "Max seconds may be at most 604,800"),
        ("invalid_request", "seed: Input should be a valid integer; budget.seconds: Input should "
         "be a valid number", "see /openapi.json for what is allowed",
         "Seed must be a whole number. Max seconds must be a number."),
    ],
)  # fmt: skip
def test_errors_use_the_names_of_the_form(
    modules: "Page", code: str, said: str, hint: str, shown: str
) -> None:
    script = """
      const [code, said, hint, settings] = argument;
      return inTheFormsWords(new ApiError(422, code, said, hint), {settings});
    """
    found = run(modules, script, [code, said, hint, SETTINGS])
    assert found["message"] == shown
    assert not any(sign in found["hint"] for sign in ("api", "{", "/"))


def test_words_for_people_stay_as_they_are(modules: "Page") -> None:
    script = """
      const error = new ApiError(422, 'invalid_request', 'the seed is odd', 'take another');
      return inTheFormsWords(error, null);
    """
    assert run(modules, script) == {"message": "The seed is odd", "hint": "Take another"}


TREES = """
function tree(...steps) {
  const model = new TreeModel();
  [[null, 'p'], ...steps].forEach(([parent, text], node) =>
    model.apply({seq: node + 1, kind: 'node_added', node, parent, text, action: 'solve'}));
  return model;
}
const one = tree([0, 'a'], [0, 'b'], [1, 'c'], [3, 'd']);
const other = tree([0, 'b'], [0, 'a'], [2, 'x'], [2, 'c'], [0, 'd']);
"""


def test_the_same_step_is_the_one_after_the_same_texts(modules: "Page") -> None:
    script = "return one.nodes.map(({id}) => sameStep(one, id, other));"
    assert run(modules, TREES + script) == [0, 2, 1, 4, None]
    nothing = "return [sameStep(one, 0, new TreeModel()), sameStep(one, 1, tree())];"
    assert run(modules, TREES + nothing) == [None, None]


def test_the_first_difference_of_two_paths(modules: "Page") -> None:
    script = """
      const answered = (model, node) => (model.apply({seq: 99, kind: 'answered', node}), model);
      const [long, short] = [answered(one, 4), answered(other, 4)];
      const between = (a, b) => Object.values(firstDifference(a, b));
      const [begun, odd] = ['a', 'q'].map((text) => answered(tree([0, text]), 1));
      return [[long, short], [begun, short], [short, short], [odd, short]]
        .map((pair) => between(...pair));
    """
    assert run(modules, TREES + script) == [
        [3, [4, None]], [2, [None, 4]], [3, [None, None]], [1, [1, 2]]
    ]  # fmt: skip


def test_what_keeps_two_runs_from_being_compared(modules: "Page") -> None:
    script = """
      const run = {problem: 'p', reference_answer: '1', generator: 'g', verifiers: ['v', 'w'],
        budget: {nodes: 9, seconds: 5}, settings: {}};
      const others = [{verifiers: ['w', 'v'], budget: {seconds: 5, nodes: 9}}, {problem: 'q'},
        {reference_answer: '2'}, {generator: 'h', budget: {nodes: 9}},
        {settings: {generators: ['g', 'h']}}];
      return others.map((other) => unlike(run, {...run, ...other}));
    """
    assert run(modules, script) == [
        [], ["problems"], ["reference answers"], ["models", "budgets"], ["models"]
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("4 * 7 = 24 apples.", "4 * 7 = 28 apples.", "4 * 7 = -24-+28+ apples."),
        ("it is 3.5", "it is 3.6", "it is -3.5-+3.6+"),
        (r"x = \frac{1}{2}", r"x = \sqrt{2}", r"x = -\frac{1}-+\sqrt+{2}"),
        ("three bags of it", "nine boxes of it", "-three bags-+nine boxes+ of it"),
        ("the same", "the same", "the same"),
        ("", "new", "+new+"),
        ("gone", "", "-gone-"),
    ],
)
def test_a_correction_is_compared_by_words(
    modules: "Page", before: str, after: str, shown: str
) -> None:
    parts = run(modules, "return wordDiff(...argument)", [before, after])
    marks = {"same": "{}", "gone": "-{}-", "new": "+{}+"}
    assert "".join(marks[part["kind"]].format(part["text"]) for part in parts) == shown
    assert "".join(p["text"] for p in parts if p["kind"] != "new") == before
    assert "".join(p["text"] for p in parts if p["kind"] != "gone") == after


@pytest.mark.parametrize(
    ("text", "tex"),
    [
        ("It costs $5 and $6.", []),
        ("So $x = 2$, and $$y^2$$ too", ["x = 2", "y^2"]),
        (r"Now \(a+b\) or \[c\]", ["a+b", "c"]),
        (r"The answer is \boxed{\frac{1}{2}}.", [r"\boxed{\frac{1}{2}}"]),
        (r"An open \boxed{1", []),
        ("a $ b $ c", []),
    ],
)
def test_mathematics_is_what_stands_between_its_marks(
    modules: "Page", text: str, tex: list[str]
) -> None:
    parts = run(modules, "return splitMathematics(argument)", text)
    assert [part["tex"] for part in parts if part["tex"] is not None] == tex
    assert "".join(part["text"] for part in parts) == text

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
        room: new Map(), out: model.out(), corrections: true};
      const drawn = traces(scene, {});
      return [drawn.find((one) => one.line.shape === 'spline').x, drawn.at(-1).textposition];
    """
    bow, places = run(modules, script)
    assert bow[0] == bow[2] == 0
    assert bow[1] < -0.1, "a correction on a straight path would be hidden behind it"
    assert places == ["middle right", "bottom center"], "the note keeps clear of the next mark"


def test_of_many_corrections_those_on_the_best_path_stand_out(modules: "Page") -> None:
    script = """
      const model = new TreeModel();
      model.apply({seq: 1, kind: 'node_added', node: 0, parent: null});
      for (let node = 1; node <= 30; node += 1) {
        const corrects = node > 15 ? node - 15 : null;
        model.apply({seq: node + 1, kind: 'node_added', node, parent: 0, corrects});
      }
      const ids = model.nodes.map((node) => node.id);
      const scene = {model, ids, shown: new Uint8Array(31).fill(1), folds: new Map(),
        x: new Map(ids.map((id) => [id, id])), best: [0, 17], unit: 80, level: 80, sizes: 80,
        room: new Map(), out: model.out(), corrections: true};
      const lines = (some) => traces({...scene, ...some}, {})
        .filter((one) => one.line?.shape === 'spline')
        .map(({x, opacity}) => [x.length / 4, opacity]);
      const few = ids.filter((id) => id < 24);
      return [lines({}), lines({corrections: false}), lines({ids: few})];
    """
    many, none, few = run(modules, script)
    assert [count for count, _ in many] == [1, 14]
    assert many[0][1] > 2 * many[1][1]
    assert [count for count, _ in none] == [0, 0]
    assert [count for count, _ in few] == [8, 0]


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
         "for example {'seconds': 600}", "Max steps must be above 0"),
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


def test_the_key_of_an_icicle_has_its_own_marks(modules: "Page") -> None:
    script = """
      const { keyOf } = await import('http://modules.test/js/picture-key.js');
      const step = (id, more) => ({
        id, parent: 0, value: 0.5, label: null, flagged: false, origin: 'model', ...more,
      });
      const nodes = [step(1, { label: -1 }), step(2, { flagged: true }), step(3, { value: null })];
      const drawn = { nodes, out: [0, 0, 0, 0], folds: false, best: true, corrections: false };
      const { entries, height } = keyOf(drawn, true, 900, { font: 'sans-serif' });
      const narrow = keyOf(drawn, true, 120, { font: 'sans-serif' });
      return [entries.map(({ text }) => text), height, narrow.height, narrow.entries.at(-1).row];
    """
    texts, height, narrow, rows = run(modules, script)
    assert texts == ["1", "not scored", "bad", "best path", "flagged"]
    assert narrow - height == 18 * rows > 0, "what does not fit beside stands below"

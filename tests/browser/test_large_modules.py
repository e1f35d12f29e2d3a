"""The explorer's modules for large trees: what is drawn of them, where, and what is found."""

from typing import TYPE_CHECKING

import pytest

from tests.browser.test_modules import run

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_what_is_drawn_of_a_large_tree(modules: "Page") -> None:
    script = """
      const model = new TreeModel();
      grown(3000, 5).forEach((event) => model.apply(event));
      model.holdLabel(2990, 1);
      const keep = alwaysKept(model, 2500);
      const choose = (visits, value) => chooseVisible(model, {most: 300, visits, value}, keep);
      const { ids, shown, folds } = choose(0, null);
      const connected = ids.every((id) => id === 0 || shown[model.nodes[id].parent]);
      const kept = [...keep].every((id) => shown[id]) && shown[2990] && shown[2500];
      const hidden = [...folds.values()].reduce((sum, fold) => sum + fold.count, 0);
      const left = model.nodes.filter(({id}) => !shown[id]).map(({value}) => value ?? -1);
      const best = Math.max(...[...folds.values()].map((fold) => fold.best ?? -1));
      const lacking = choose(5, 0.8).ids.filter((id) =>
        !keep.has(id) && !(model.nodes[id].visits >= 5 && model.nodes[id].value >= 0.8));
      const leadOn = lacking.every((id) => model.nodes[id].children.length > 0);
      return {drawn: ids.length, connected, kept: Boolean(kept), hidden, leadOn,
        best: best === Math.max(...left)};
    """
    found = run(modules, script)
    assert found["connected"]
    assert found["kept"]
    assert found["drawn"] <= 400
    assert found["hidden"] == 3000 - found["drawn"]
    assert found["best"], "a fold's mark tells the best value in it"
    assert found["leadOn"], "below the thresholds are only ancestors of what is above them"


def test_the_best_answers_of_a_large_tree_are_drawn(modules: "Page") -> None:
    script = """
      const model = new TreeModel();
      grown(3000, 5).forEach((event) => model.apply(event));
      const leaves = model.nodes.filter(({children}) => !children.length);
      leaves.forEach((node, k) => Object.assign(node, {visits: 1, answer: '7', value: k / 3000}));
      const all = {most: 300, visits: 0, value: null};
      const { shown } = chooseVisible(model, all, alwaysKept(model, null));
      return leaves.slice(-13).map(({id}) => shown[id]);
    """
    assert run(modules, script)[1:] == [1] * 12


def test_what_is_drawn_stays_where_it_is(modules: "Page") -> None:
    script = """
      const model = new TreeModel();
      const events = grown(3000, 5);
      let [before, moved, laidOut] = [null, 0, 0];
      for (let at = 0; at < events.length; at += 1) {
        model.apply(events[at]);
        if (at % 20 || at < 800) continue;
        const choice = chooseVisible(model, {most: 300, visits: 0, value: null},
          alwaysKept(model, null), before?.shown);
        const x = placeMarks(model, choice, before?.x ?? null);
        const rows = new Map();
        for (const [mark, place] of x) {
          if (mark < 0) continue;
          const { depth } = model.nodes[mark];
          rows.set(depth, [...(rows.get(depth) ?? []), place]);
        }
        for (const row of rows.values()) {
          row.sort((a, b) => a - b);
          if (row.some((place, k) => k && place - row[k - 1] < 0.5 - 1e-6)) return 'too close';
        }
        const gone = before && [...x].some(([mark, place]) => mark >= 0 && before.x.has(mark)
          && Math.abs(before.x.get(mark) - place) > 1e-9);
        moved += gone ? 1 : 0;
        laidOut += 1;
        before = {...choice, x};
      }
      return moved / laidOut;
    """
    assert run(modules, script) < 0.1


# drawings: the tree each time that it has grown by a few steps, and the places of its marks.
GROWING = """
  const [children, seed, moves] = argument;
  const nodes = [{children: []}];
  const open = [0];
  const drawings = [];
  let state = seed;
  const random = () => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
  while (nodes.length < 280) {
    const [at] = open.splice(Math.floor(random() ** 2 * open.length), 1);
    for (let k = 0; k < children; k += 1) {
      nodes[at].children.push(nodes.length);
      open.push(nodes.length);
      nodes.push({children: []});
    }
    const shown = new Uint8Array(nodes.length).fill(1);
    const choice = {ids: [...shown.keys()], shown, folds: new Map()};
    drawings.push(placeMarks({nodes}, choice, drawings.at(-1) ?? null, moves));
  }
  const mean = (numbers) => numbers.reduce((a, b) => a + b, 0) / Math.max(1, numbers.length);
  const movesIn = (unit) => drawings.slice(1).map((x, k) => {
    const [now, before] = [unit(x), unit(drawings[k])];
    return mean([...drawings[k]].map(([mark, at]) => Math.abs(now(x.get(mark)) - before(at))));
  });
  const above = (limit, numbers) => numbers.filter((one) => one > limit).length / numbers.length;
"""
SIZES = pytest.mark.parametrize(
    ("children", "seed"), [(children, seed) for children in (2, 3, 4) for seed in (1, 2, 3)]
)


@SIZES
def test_marks_hardly_move_for_who_has_zoomed_in(modules: "Page", children: int, seed: int) -> None:
    script = """
      const moved = movesIn(() => (place) => place);
      const marks = drawings.slice(0, -1).map((x) => x.size);
      return [mean(moved.map((by, k) => by * marks[k])) / mean(marks), above(0.5, moved)];
    """
    moved, jumps = run(modules, GROWING + script, [children, seed, "stay"])
    assert moved < 0.2, "distances between neighbours, of a mark in one drawing"
    assert jumps < 0.12, "seldom is all of it laid out anew"


@SIZES
def test_a_growing_tree_is_tidy_and_its_marks_hardly_move_on_the_screen(
    modules: "Page", children: int, seed: int
) -> None:
    script = """
      const screen = (x) => {
        const [left, right] = [Math.min(...x.values()), Math.max(...x.values())];
        return (place) => (place - left) / Math.max(1, right - left);
      };
      const moved = movesIn(screen);
      const x = drawings.at(-1);
      const middle = ({children}) => (x.get(children[0]) + x.get(children.at(-1))) / 2;
      const aside = nodes.flatMap((node, id) =>
        (node.children.length ? [Math.abs(middle(node) - x.get(id))] : []));
      return [mean(moved), above(0.03, moved), mean(aside)];
    """
    moved, jumps, aside = run(modules, GROWING + script, [children, seed, "ease"])
    assert moved < 0.014, "of the picture's width, a mark in one drawing"
    assert jumps < 0.14
    assert aside < 0.1, "a step stands above the middle of its children"


def test_an_icicle_has_every_step_and_finds_it_again(modules: "Page") -> None:
    script = """
      const model = new TreeModel();
      grown(500, 3).forEach((event) => model.apply(event));
      const blocks = layBlocks(model);
      const size = {width: 1e6, height: 4000};
      const lost = (root) => {
        const frame = new Frame(model, blocks, root, size);
        const below = model.nodes.filter(({id}) => model.path(id).includes(root));
        return below.filter(({id}) => {
          const { x, y, width, height } = frame.block(id);
          const at = frame.at(x + width / 2, y + height / 2);
          const inside = x > -1e-3 && x + width < size.width * (1 + 1e-9) && y + height <= 4001;
          return at !== id || !inside;
        }).length + Number(frame.at(5, size.height - 1) === -1);
      };
      const branch = model.nodes.find(({depth, children}) => depth === 2 && children.length).id;
      return [lost(0), lost(branch)];
    """
    assert run(modules, script) == [0, 0]


def test_a_search_leaves_matches_and_the_way_to_them(modules: "Page") -> None:
    script = """
      const model = new TreeModel();
      [[null, 'p'], [0, 'ab'], [0, 'c'], [1, 'd'], [3, 'AB!']].forEach(([parent, text], node) =>
        model.apply({seq: node + 1, kind: 'node_added', node, parent, text, action: 'solve',
          terminal: node === 4, answer: node === 4 ? '7' : null, corrects: node === 3 ? 2 : null}));
      const known = {right: new Map([['7', true]]), corrected: new Set([2])};
      const left = (matches) => {
        const wanted = wantedBy(model, matches);
        return listRows(model, new Set(), wanted).map(({id, of}) => [id, of, wanted[id]]);
      };
      const by = (filter) => left((node) => FILTERS[filter].passes(node, known)).map(([id]) => id);
      return [left((node) => contains(node, 'ab')), left((node) => contains(node, '#2')),
        by('right'), by('wrong'), by('corrected')];
    """
    words, number, right, wrong, corrected = run(modules, script)
    assert words == [[0, 1, 1], [1, 1, 2], [3, 1, 1], [4, 1, 2]]
    assert number == [[0, 1, 1], [2, 1, 2]]
    assert (right, wrong, corrected) == ([0, 1, 3, 4], [], [0, 1, 3, 2])


def test_columns_become_nodes_and_texts_become_whole(modules: "Page") -> None:
    script = """
      const columns = {parent: [null, 0], text: ['p', 'begun'], value: [null, 0.5]};
      const { nodes, seq } = fromColumns({run: {}, seq: 3, columns, cut: [1]});
      const first = JSON.parse(JSON.stringify(nodes));
      fillTexts(nodes, {0: ' never cut', 1: ' and ended', 7: 'unknown'});
      return [first, nodes.map(({text, cut}) => [text, cut ?? false]), seq];
    """
    first, texts, seq = run(modules, script)
    assert first == [
        {"id": 0, "parent": None, "text": "p", "value": None},
        {"id": 1, "parent": 0, "text": "begun", "value": 0.5, "cut": True},
    ]
    assert (texts, seq) == ([["p", False], ["begun and ended", False]], 3)


def test_looks_survive_the_address(modules: "Page") -> None:
    script = """
      const read = (text) => {
        const look = new Look();
        look.read(new URLSearchParams(text));
        const kept = Object.entries(look.written()).filter(([, value]) => value !== null);
        return String(new URLSearchParams(kept)).replaceAll('%2C', ',');
      };
      return [read('picture=icicle&most=200&visits=3&value=0.5&open=4,7'),
        read('picture=cube&most=1e9&visits=-2&value=x&open=1;2'), read('')];
    """
    whole, nonsense, nothing = run(modules, script)
    assert whole == "picture=icicle&most=200&visits=3&value=0.5&open=4,7"
    assert nonsense == "most=600"
    assert nothing == ""

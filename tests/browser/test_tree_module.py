"""The tree as the page knows it: what each event of a run does to it."""

from typing import TYPE_CHECKING

import pytest

from tests.browser.test_modules import run

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


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

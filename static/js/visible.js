/**
 * Chooses which nodes the overview draws. A drawing of thousands of nodes is slow and cannot be read; the most
 * visited few hundred (with their ancestors) tell nearly everything. What is left out is folded into a mark at
 * its parent, and some nodes are never left out.
 */

import { byPerson } from "./format.js";

/** How many of the steps folded at one node are drawn when somebody opens the fold, and each time again. */
export const BATCH = 20;
/** Some searches correct every other step: of so many, the most visited are kept. */
const CORRECTIONS = 80;
/** Nor can all answers be: so many, those valued most. */
const ANSWERS = 12;

/**
 * @typedef {Object} Thresholds
 * @property {number} most how many nodes to draw, unless those always kept are more
 * @property {number} visits least
 * @property {number|null} value least; null: any, also none
 *
 * @typedef {Object} Fold what is left out below one drawn node
 * @property {number} parent
 * @property {number} count
 * @property {number|null} best the highest value in it; null: nothing in it is scored
 *
 * @typedef {Object} Choice
 * @property {number[]} ids in order of age
 * @property {Uint8Array} shown
 * @property {Map<number, Fold>} folds by parent
 */

/**
 * @param {import("./tree-model.js").TreeModel} model
 * @param {Thresholds} thresholds
 * @param {Iterable<number>} keep ids that are always drawn, with all their ancestors
 * @param {Uint8Array} before what was drawn last: where others were visited no more it stays
 * @returns {Choice}
 */
export function chooseVisible(model, thresholds, keep, before = new Uint8Array(0)) {
  const shown = new Uint8Array(model.size);
  const { most, visits, value } = thresholds;
  if (model.size <= most && visits === 0 && value === null) shown.fill(1);
  else chooseBy(model, thresholds, keep, { shown, before });
  const ids = [];
  for (let id = 0; id < model.size; id += 1) if (shown[id]) ids.push(id);
  return { ids, shown, folds: foldsOf(model, shown) };
}

/** What there was of a choice in an earlier tree: the rest of it had yet to come. */
export function chosenBy(model, choice) {
  if (model.size === choice.shown.length) return choice;
  const shown = choice.shown.subarray(0, model.size);
  return { ids: choice.ids.filter((id) => id < model.size), shown, folds: foldsOf(model, shown) };
}

/**
 * The nodes never left out: best path, selection, what people did, corrections, what somebody opened, and the best
 * answers, which a search that is done with them hardly visits.
 */
export function alwaysKept(model, selected, opened = []) {
  const keep = new Set([0, ...model.bestPath(), ...opened]);
  if (selected !== null) keep.add(selected);
  for (const node of model.nodes) {
    if (node.label !== null || node.flagged || node.pruned || byPerson(node)) keep.add(node.id);
  }
  const corrections = model.nodes.filter((node) => node.corrects !== null).sort(compare);
  for (const node of corrections.slice(0, CORRECTIONS)) keep.add(node.id).add(node.corrects);
  const answers = model.nodes.filter((node) => node.answer !== null && node.value !== null);
  answers.sort((a, b) => b.value - a.value || a.id - b.id);
  for (const { id } of answers.slice(0, ANSWERS)) keep.add(id);
  return keep;
}

/** The folded children of a node that opening the fold draws next, the best first. */
export function nextFolded(model, shown, parent) {
  const hidden = model.nodes[parent].children.filter((id) => !shown[id]);
  return hidden.sort((a, b) => compare(model.nodes[a], model.nodes[b])).slice(0, BATCH);
}

function chooseBy(model, { most, visits, value }, keep, { shown, before }) {
  let count = 0;
  const show = (id) => {
    for (let at = id; at !== null && at !== undefined && !shown[at]; at = model.nodes[at].parent) {
      shown[at] = 1;
      count += 1;
    }
  };
  for (const id of keep) if (model.nodes[id]) show(id);
  const fits = (node) => node.visits >= visits && (value === null || (node.value !== null && node.value >= value));
  const stays = (a, b) => b.visits - a.visits || (before[b.id] ?? 0) - (before[a.id] ?? 0);
  const others = model.nodes.filter((node) => !shown[node.id] && fits(node));
  const least = visitsOfTheMost(others, most - count);
  const ranked = others.filter((node) => node.visits >= least);
  for (const node of ranked.sort((a, b) => stays(a, b) || compare(a, b))) {
    if (count >= most) break;
    show(node.id);
  }
}

/** Numbers are sorted many times as fast as nodes, and most nodes need not be. */
function visitsOfTheMost(nodes, count) {
  const visits = Float64Array.from(nodes, (node) => node.visits).sort();
  return visits.at(-Math.max(1, count)) ?? 0;
}

/** More visits first, then the higher value, then the older. */
function compare(a, b) {
  return b.visits - a.visits || (b.value ?? -1) - (a.value ?? -1) || a.id - b.id;
}

/** A parent is always older than its children, so one pass from the youngest adds everything up. */
function foldsOf(model, shown) {
  const count = new Int32Array(model.size);
  const best = new Float64Array(model.size).fill(-1);
  for (let id = model.size - 1; id > 0; id -= 1) {
    if (shown[id]) continue;
    const { parent, value } = model.nodes[id];
    count[parent] += 1 + count[id];
    best[parent] = Math.max(best[parent], best[id], value ?? -1);
  }
  const folds = new Map();
  for (let id = 0; id < model.size; id += 1) {
    if (shown[id] && count[id]) folds.set(id, { parent: id, count: count[id], best: best[id] < 0 ? null : best[id] });
  }
  return folds;
}

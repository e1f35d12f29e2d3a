/**
 * Chooses which nodes the overview draws. A drawing of thousands of nodes is slow and cannot be read;
 * the most visited ones (with their ancestors) tell nearly everything, and some are always kept.
 */

import { byPerson } from "./format.js";

/**
 * @param {import("./tree-model.js").TreeModel} model
 * @param {number} limit how many nodes to draw at most, if those always kept are not more
 * @param {Iterable<number>} keep ids that are always drawn, with all their ancestors
 * @returns {{ids: number[], shown: Uint8Array, children: number[][], folded: Int32Array}} ids in
 *   order of age; the drawn children of every node; how many descendants are folded into each node
 */
export function chooseVisible(model, limit, keep) {
  const shown = new Uint8Array(model.size);
  if (model.size <= limit) shown.fill(1);
  else chooseBy(model, limit, keep, shown);
  const children = model.nodes.map((node) =>
    shown[node.id] ? node.children.filter((id) => shown[id]) : [],
  );
  const ids = [];
  for (let id = 0; id < model.size; id += 1) if (shown[id]) ids.push(id);
  return { ids, shown, children, folded: countFolded(model, shown) };
}

/** The nodes never dropped: best path, selection, what people did, corrections, live calls. */
export function alwaysKept(model, selected) {
  const keep = new Set([...model.bestPath(), ...model.busy()]);
  if (selected !== null) keep.add(selected);
  for (const node of model.nodes) {
    if (node.label !== null || node.pruned || byPerson(node)) keep.add(node.id);
    if (node.corrects !== null) keep.add(node.id).add(node.corrects);
  }
  return keep;
}

function chooseBy(model, limit, keep, shown) {
  let count = 0;
  const show = (id) => {
    for (let at = id; at !== null && at !== undefined && !shown[at]; at = model.nodes[at].parent) {
      shown[at] = 1;
      count += 1;
    }
  };
  for (const id of keep) if (model.nodes[id]) show(id);
  const ranked = [...model.nodes].sort(
    (a, b) => b.visits - a.visits || (b.value ?? -1) - (a.value ?? -1) || a.id - b.id,
  );
  for (const node of ranked) {
    if (count >= limit) break;
    show(node.id);
  }
}

/** A parent is always older than its children, so one pass from the youngest adds everything up. */
function countFolded(model, shown) {
  const folded = new Int32Array(model.size);
  for (let id = model.size - 1; id > 0; id -= 1) {
    if (!shown[id]) folded[model.nodes[id].parent] += 1 + folded[id];
  }
  return folded;
}

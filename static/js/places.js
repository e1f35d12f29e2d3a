/**
 * Where the marks of the overview stand. While a tree grows they stay where they are, and new ones take the room
 * that is free beside and below them; only where there is none is everything laid out anew.
 */

import { tidyLayout } from "./layout.js";

/** How close to its neighbours a new step may stand, for the others not to move. */
const CLOSEST = 0.5;

/** The mark of the fold at a node: below it, beside those of its children that are drawn. */
export const foldMark = (parent) => -1 - parent;

/** Levels from a node down to that mark: it belongs to the node more than to the level below. */
export const FOLD_BELOW = 0.62;

/** The node at which the steps behind such a mark are folded; null for the mark of a step. */
export const foldedAt = (mark) => (mark < 0 ? -1 - mark : null);

/**
 * @param {import("./tree-model.js").TreeModel} model
 * @param {import("./visible.js").Choice} choice
 * @param {Map<number, number>|null} before where the marks stood; null: lay out anew
 * @returns {Map<number, number>} the x of every mark: ids, and `foldMark`s. Distance 1 beside each other
 */
export function placeMarks(model, choice, before) {
  const below = (mark) => {
    if (mark < 0) return [];
    const drawn = model.nodes[mark].children.filter((id) => choice.shown[id]);
    if (choice.folds.has(mark)) drawn.push(foldMark(mark));
    return drawn;
  };
  return (before && keepPlaces(below, before)) ?? layOut(below, choice);
}

function layOut(below, choice) {
  const marks = [...choice.ids, ...[...choice.folds.keys()].map(foldMark)];
  const index = new Map(marks.map((mark, k) => [mark, k]));
  const x = tidyLayout(marks.map((mark) => below(mark).map((one) => index.get(one))));
  return new Map(marks.map((mark, k) => [mark, x[k]]));
}

/** Level by level, from left to right; null where a new step does not fit between those that are there. */
function keepPlaces(below, before) {
  if (!before.has(0)) return null;
  const x = new Map([[0, before.get(0)]]);
  for (let level = [0]; level.length;) {
    const next = [];
    for (const parent of level) {
      const row = below(parent);
      row.forEach((mark, k) => next.push({ mark, wanted: x.get(parent) + k - (row.length - 1) / 2 }));
    }
    const steps = next.filter(({ mark }) => foldedAt(mark) === null);
    if (!placeLevel(steps, before, x)) return null;
    // A fold's mark may stand close: better that than everything moving for it.
    for (const { mark, wanted } of next) if (!x.has(mark)) x.set(mark, before.get(mark) ?? wanted);
    level = steps.map((one) => one.mark);
  }
  return x;
}

/** @returns {boolean} whether all steps of this level have found room */
function placeLevel(level, before, x) {
  const rightmost = new Array(level.length);
  let limit = Infinity;
  for (let k = level.length - 1; k >= 0; k -= 1) {
    limit = before.get(level[k].mark) ?? limit - CLOSEST;
    rightmost[k] = limit;
  }
  let last = -Infinity;
  for (const [k, { mark, wanted }] of level.entries()) {
    const at = before.get(mark) ?? Math.min(rightmost[k], Math.max(last + CLOSEST, wanted));
    if (at < last + CLOSEST - 1e-9) return false;
    x.set(mark, at);
    last = at;
  }
  return true;
}

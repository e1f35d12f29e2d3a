/**
 * Where the marks of the overview stand. While a tree grows they stay where they are, and new ones take the room
 * that is free beside and below them; where there is none, their neighbours move a little. Where the whole tree is
 * seen, all of them go a part of the way to where a tidy tree has them (docs/decisions/0009-places-that-stay.md).
 */

import { tidyLayout } from "./layout.js";

/** How close to its neighbours a step may stand. */
const CLOSEST = 0.5;
/** A step that was there stays, where one that is new can go aside. */
const STAYS = 1000;
/** A tree whose steps lean more than this part of its width cannot be read any more, and is laid out anew. */
const MOST_LEAN = 0.08;
/** The part of the way to a tidy tree that the marks go for each one that is new. */
const EASE = 0.05;

/** How the marks move: they stay; they go towards a tidy tree as it grows; or they stand as it has them at once. */
export const Moves = Object.freeze({ STAY: "stay", EASE: "ease", TIDY: "tidy" });

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
 * @param {string} moves one of `Moves`
 * @returns {Map<number, number>} the x of every mark: ids, and `foldMark`s. Distance 1 beside each other
 */
export function placeMarks(model, choice, before, moves = Moves.STAY) {
  const below = (mark) => {
    if (mark < 0) return [];
    const drawn = model.nodes[mark].children.filter((id) => choice.shown[id]);
    if (choice.folds.has(mark)) drawn.push(foldMark(mark));
    return drawn;
  };
  const kept = before && moves !== Moves.TIDY && keepPlaces(below, before);
  if (kept && moves === Moves.EASE) return ease(kept, before, layOut(below, choice));
  return kept && lean(below, kept) <= 1 ? kept : layOut(below, choice);
}

/**
 * The places part of the way from those kept to the tidy ones, which are moved aside so that marks go least. Both have
 * the marks of a level in the same order and apart, and so has all that lies between them.
 */
function ease(kept, before, tidy) {
  const fresh = [...kept.keys()].filter((mark) => !before.has(mark)).length;
  const part = 1 - (1 - EASE) ** fresh;
  let aside = 0;
  for (const [mark, x] of kept) aside += (x - tidy.get(mark)) / kept.size;
  return new Map([...kept].map(([mark, x]) => [mark, x + part * (tidy.get(mark) + aside - x)]));
}

/**
 * @param {Map<number, number>} x of every mark
 * @param {(mark: number) => number} depthOf
 * @returns {Map<number, number>} how far it is to the nearest mark on the same level; none for one that is alone
 */
export function roomOf(x, depthOf) {
  const levels = new Map();
  for (const mark of x.keys()) {
    const depth = depthOf(mark);
    if (!levels.has(depth)) levels.set(depth, []);
    levels.get(depth).push(mark);
  }
  const room = new Map();
  const least = (mark, distance) => room.set(mark, Math.min(distance, room.get(mark) ?? Infinity));
  for (const level of levels.values()) {
    level.sort((a, b) => x.get(a) - x.get(b));
    for (let k = 1; k < level.length; k += 1) {
      const distance = x.get(level[k]) - x.get(level[k - 1]);
      least(level[k - 1], distance);
      least(level[k], distance);
    }
  }
  return room;
}

function layOut(below, choice) {
  const marks = [...choice.ids, ...[...choice.folds.keys()].map(foldMark)];
  const index = new Map(marks.map((mark, k) => [mark, k]));
  const x = tidyLayout(marks.map((mark) => below(mark).map((one) => index.get(one))));
  return new Map(marks.map((mark, k) => [mark, x[k]]));
}

/**
 * Level by level. What was there stays, and what is below a step moves with it; a new step takes the place nearest
 * to its parent's middle that is free, and where none is, its neighbours make room.
 */
function keepPlaces(below, before) {
  if (!before.has(0)) return null;
  const x = new Map([[0, before.get(0)]]);
  for (let level = [0]; level.length;) {
    const next = level.flatMap((parent) => wishes(parent, below(parent), before, x));
    const steps = next.filter(({ mark }) => foldedAt(mark) === null);
    const places = freePlaces(steps) ?? makeRoom(steps);
    steps.forEach(({ mark }, k) => x.set(mark, places[k]));
    // A fold's mark may stand close: better that than everything moving for it.
    for (const { mark, wanted } of next) if (!x.has(mark)) x.set(mark, wanted);
    level = steps.map((one) => one.mark);
  }
  return x;
}

/** Where the marks below a step would stand if they were alone, and how much that matters. */
function wishes(parent, row, before, x) {
  const moved = x.get(parent) - (before.get(parent) ?? x.get(parent));
  return row.map((mark, k) => {
    if (before.has(mark)) return { mark, wanted: before.get(mark) + moved, stays: true };
    return { mark, wanted: x.get(parent) + k - (row.length - 1) / 2, stays: false };
  });
}

/** Room for all that is new between what stays; null where there is none. */
function freePlaces(steps) {
  const rightmost = new Float64Array(steps.length);
  let limit = Infinity;
  for (let k = steps.length - 1; k >= 0; k -= 1) {
    limit = steps[k].stays ? steps[k].wanted : limit - CLOSEST;
    rightmost[k] = limit;
  }
  const places = new Float64Array(steps.length);
  let least = -Infinity;
  for (const [k, { wanted, stays }] of steps.entries()) {
    places[k] = stays ? wanted : Math.min(rightmost[k], Math.max(least, wanted));
    if (places[k] < least - 1e-9) return null;
    least = places[k] + CLOSEST;
  }
  return places;
}

/**
 * The places nearest to those wanted (least squares) that keep the marks' order and distance: isotonic regression,
 * by pooling adjacent violators, in linear time.
 */
function makeRoom(steps) {
  const blocks = [];
  steps.forEach(({ wanted, stays }, k) => {
    let block = { from: k, weight: stays ? STAYS : 1, at: wanted - k * CLOSEST };
    while (blocks.length && blocks.at(-1).at > block.at) block = pooled(blocks.pop(), block);
    blocks.push(block);
  });
  const places = new Float64Array(steps.length);
  blocks.forEach(({ from, at }, b) => {
    const end = blocks[b + 1]?.from ?? steps.length;
    for (let k = from; k < end; k += 1) places[k] = at + k * CLOSEST;
  });
  return places;
}

function pooled(left, right) {
  const weight = left.weight + right.weight;
  return { from: left.from, weight, at: (left.at * left.weight + right.at * right.weight) / weight };
}

/** How far the steps stand beside the middle of what is below them, on average, by how far they may at most. */
function lean(below, x) {
  let [sum, parents, left, right] = [0, 0, 0, 0];
  for (const [mark, at] of x) {
    [left, right] = [Math.min(left, at), Math.max(right, at)];
    const row = below(mark);
    if (!row.length) continue;
    sum += Math.abs((x.get(row[0]) + x.get(row.at(-1))) / 2 - at);
    parents += 1;
  }
  return sum / Math.max(1, parents) / Math.max(1, MOST_LEAN * (right - left));
}

/**
 * Turns a tree into what Plotly draws. Pure functions: no DOM, no state.
 *
 * value = fill (cividis, 0 to 1), visits = size, correction = dashed edge, label = shape, not scored =
 * hollow, best path = thick, by a person = thick outline, pruned = faint, flagged = a small flag beside the mark,
 * folded steps = a triangle that points down, in the colour of the best of them. Every mark has an outline. Depth
 * grows downwards: y = -depth.
 */

import { valueColor } from "./colors.js";
import { byPerson, decimal, oneLine, ratingOf, short } from "./format.js";
import { FOLD_BELOW, foldMark, foldedAt } from "./places.js";
import { t } from "./words.js";

/**
 * @typedef {Object} Scene
 * @property {import("./tree-model.js").TreeModel} model
 * @property {number[]} ids what is drawn, oldest first
 * @property {Uint8Array} shown
 * @property {Map<number, import("./visible.js").Fold>} folds by the node below which they are
 * @property {Map<number, number>} x of every mark, folds' too
 * @property {number[]} best ids of the best path
 * @property {number} unit pixels between neighbours
 * @property {number} level pixels from a level to the next
 * @property {Map<number, number>} room of every mark, to its nearest neighbour; in units
 * @property {number} sizes the unit that marks are sized by: the same one in drawings beside each other
 * @property {Uint8Array} out 1 for what is out of the search
 */

const SMALLEST = 5.5;
const SMALLEST_WITH_ROOM = 13;
const LARGEST = 34;
const LARGEST_FOLD = 12;
/** How much of the way to its neighbour a mark may take: both take as much. */
const CLEAR = 0.92;
const ROOM_FOR_NOTES = 30;
const ROOM_FOR_VALUES = 76;
const FAINT = 0.3;
const HIGHEST_FLAG = 13;
const LOWEST_FLAG = 9;
const CLEAR_OF_RING = 8;
/** From the foot of the pole, up, round the cloth and down again; in heights. The gap ends it. */
const FLAG = [[0, 0], [0, 1], [0.72, 0.72], [0, 0.44], [0, 0], [null, null]];
/** Of more corrections only those on the best path stand out. */
const FEW_CORRECTIONS = 12;
/** Keeps a note clear of the mark that it stands beside: plain spaces would be dropped. */
const BESIDE = "\u2003";

/** Diameter in pixels by visits: grows with their logarithm, and is smaller where there are many. */
function markSize(visits, unit) {
  const smallest = Math.min(SMALLEST_WITH_ROOM, Math.max(SMALLEST, 0.85 * unit));
  const growth = 0.12 * smallest + 2.4 * Math.min(1, unit / 34);
  return Math.min(LARGEST, smallest + growth * Math.max(0, Math.log2(1 + visits) - 1));
}

/** Diameter in pixels of a mark of this drawing, of a step or of a fold: clear of its neighbours. */
export function sizeOf(scene, mark) {
  const { model, folds, room, unit, level, sizes } = scene;
  const fold = folds.get(foldedAt(mark));
  const size = fold ? foldSize(fold.count, sizes) : markSize(model.nodes[mark].visits, sizes);
  const clear = CLEAR * Math.min(level, unit * (room.get(mark) ?? Infinity));
  return Math.min(size, Math.max(SMALLEST, clear));
}

/** @param {Scene} scene @param {Object<string, string>} ink the theme's colours */
export function traces(scene, ink) {
  const { model, ids } = scene;
  const plain = ids.filter((id) => model.nodes[id].parent !== model.nodes[id].corrects);
  const edges = linesOf(plain.filter((id) => !scene.out[id]), scene);
  const cut = linesOf(plain.filter((id) => scene.out[id]), scene);
  const best = { x: scene.best.map((id) => scene.x.get(id)), y: scene.best.map((id) => depth(scene, id)) };
  return [
    line(best, { width: 7, color: ink.best }, 0.5),
    line(edges, { width: 1.2, color: ink.edge }, 1),
    line(cut, { width: 1.2, color: ink.edge }, FAINT),
    line(stems(scene), { width: 1, color: ink.edge, dash: "2px,2px" }, 1),
    ...correctionLines(scene, ink),
    foldMarks(scene, ink),
    marks(scene, ink),
    ...flags(scene, ink),
    notes(scene, ink),
  ];
}

const depth = (scene, id) => -scene.model.nodes[id].depth;

function linesOf(ids, scene) {
  const x = [];
  const y = [];
  for (const id of ids) {
    const { parent } = scene.model.nodes[id];
    if (parent === null) continue;
    x.push(scene.x.get(parent), scene.x.get(id), null);
    y.push(depth(scene, parent), depth(scene, id), null);
  }
  return { x, y };
}

/** Down to the marks of what is folded. */
function stems(scene) {
  const x = [];
  const y = [];
  for (const parent of scene.folds.keys()) {
    x.push(scene.x.get(parent), scene.x.get(foldMark(parent)), null);
    y.push(depth(scene, parent), depth(scene, parent) - FOLD_BELOW, null);
  }
  return { x, y };
}

/** The corrections in sight; where they are many, those on the best path stand out, and the others do not bury the tree. */
function correctionLines(scene, ink) {
  const { model, shown, out } = scene;
  const ids = scene.corrections ? scene.ids.filter((id) => shown[model.nodes[id].corrects ?? -1]) : [];
  const best = new Set(scene.best);
  const clear = (id) => !out[id] && (ids.length <= FEW_CORRECTIONS || best.has(id));
  const dashes = (some, width, opacity) =>
    line(corrections(scene, some), { width, color: ink.correction, dash: "4px,3px", shape: "spline" }, opacity);
  return [dashes(ids.filter(clear), 1.8, 1), dashes(ids.filter((id) => !clear(id)), 1, FAINT)];
}

/** From the corrected step to its correction; bowed when both are on the same level, or on one straight path. */
function corrections(scene, ids) {
  const x = [];
  const y = [];
  for (const id of ids) {
    const { corrects } = scene.model.nodes[id];
    const [from, to] = [depth(scene, corrects), depth(scene, id)];
    const [left, right] = [scene.x.get(corrects), scene.x.get(id)];
    const apart = Math.abs(left - right);
    const bow = from === to ? Math.min(0.42, 0.14 + 0.06 * apart) : 0;
    const sideways = apart < 0.01 ? Math.min(0.42, 0.14 + 0.03 * (from - to)) : 0;
    x.push(left, (left + right) / 2 - sideways, right, null);
    y.push(from, (from + to) / 2 - bow, to, null);
  }
  return { x, y };
}

function line(points, style, opacity) {
  return { type: "scatter", mode: "lines", ...points, line: style, opacity, hoverinfo: "skip" };
}

function marks(scene, ink) {
  const nodes = scene.ids.map((id) => scene.model.nodes[id]);
  const scored = (node) => typeof node.value === "number";
  return {
    type: "scatter",
    mode: "markers",
    x: scene.ids.map((id) => scene.x.get(id)),
    y: scene.ids.map((id) => depth(scene, id)),
    hoverinfo: "skip",
    cliponaxis: false,
    marker: {
      opacity: nodes.map((node) => (scene.out[node.id] ? FAINT : 1)),
      size: scene.ids.map((id) => sizeOf(scene, id)),
      symbol: nodes.map((node) => ratingOf(node.label)?.shape ?? "circle"),
      color: nodes.map((node) => (scored(node) ? valueColor(node.value) : ink.surface)),
      line: {
        color: nodes.map((node) => (byPerson(node) ? ink.accent : scored(node) ? ink.outline : ink.muted)),
        width: nodes.map((node) => outlineOf(node, scene)),
      },
    },
  };
}

function outlineOf(node, scene) {
  const thin = scene.unit < 12 ? 0.7 : 1.1;
  return byPerson(node) ? 2.6 * thin : thin;
}

/**
 * Flags, to the right of their marks and of the ring around the selected one: drawn as lines, for there is no such
 * symbol, and every font has another one.
 */
function flags(scene, ink) {
  const flagged = scene.ids.filter((id) => scene.model.nodes[id].flagged);
  const high = Math.min(HIGHEST_FLAG, Math.max(LOWEST_FLAG, 0.6 * scene.unit));
  const x = [];
  const y = [];
  for (const id of flagged) {
    const away = sizeOf(scene, id) / 2 + Math.min(CLEAR_OF_RING, 0.2 * scene.unit);
    for (const [right, up] of FLAG) {
      x.push(right === null ? null : scene.x.get(id) + (away + right * high) / scene.unit);
      y.push(right === null ? null : depth(scene, id) + (up * high) / scene.level);
    }
  }
  // The lower one keeps it apart from edges and marks.
  return [[6, ink.surface], [1.4, ink.text]].map(([width, color]) =>
    ({ ...line({ x, y }, { width, color }, 1), fill: "toself", fillcolor: color, cliponaxis: false }));
}

function foldMarks(scene, ink) {
  const folds = [...scene.folds.values()];
  return {
    type: "scatter",
    mode: "markers",
    x: folds.map(({ parent }) => scene.x.get(foldMark(parent))),
    y: folds.map(({ parent }) => depth(scene, parent) - FOLD_BELOW),
    hoverinfo: "skip",
    cliponaxis: false,
    marker: {
      opacity: folds.map(({ parent }) => (scene.out[parent] ? FAINT : 1)),
      size: folds.map(({ parent }) => sizeOf(scene, foldMark(parent))),
      symbol: "triangle-down",
      color: folds.map(({ best }) => (best === null ? ink.surface : valueColor(best))),
      line: { color: ink.muted, width: scene.unit < 12 ? 0.5 : 0.9 },
    },
  };
}

/** Diameter in pixels by how many steps are folded. */
function foldSize(count, unit) {
  return Math.min(LARGEST_FOLD, Math.max(SMALLEST, 0.8 * markSize(count, unit)));
}

/**
 * Where there is room: the answer a path came to, or what is folded away. Under the mark, but beside an answer that
 * is revised below.
 */
function notes(scene, ink) {
  const noted = scene.unit < ROOM_FOR_NOTES ? [] : [...answerNotes(scene), ...foldNotes(scene)];
  return {
    type: "scatter",
    mode: "text",
    x: noted.map((note) => note.x),
    y: noted.map((note) => note.y),
    text: noted.map((note) => (note.beside ? `${note.beside}${note.text}` : `<br>${note.text}`)),
    textposition: noted.map((note) => (note.beside ? "middle right" : "bottom center")),
    textfont: { size: 11, color: ink.muted, family: ink.font },
    hoverinfo: "skip",
    cliponaxis: false,
  };
}

function answerNotes(scene) {
  return scene.ids
    .map((id) => ({ x: scene.x.get(id), y: depth(scene, id), beside: besideOf(scene, id), text: answerNote(scene, id) }))
    .filter((note) => note.text);
}

function foldNotes(scene) {
  return [...scene.folds.values()].map(({ parent, count, best }) => {
    const value = best === null || scene.unit < ROOM_FOR_VALUES ? "" : t("fold.note", { value: decimal(best) });
    return { x: scene.x.get(foldMark(parent)), y: depth(scene, parent) - FOLD_BELOW, beside: "", text: `+${short(count)}${value}` };
  });
}

/** What keeps a note clear of the mark, and of its flag; empty where it stands below. */
function besideOf(scene, id) {
  if (!isRevised(scene, id)) return "";
  return scene.model.nodes[id].flagged ? BESIDE.repeat(2) : BESIDE;
}

function isRevised(scene, id) {
  const { terminal, children } = scene.model.nodes[id];
  return terminal && children.some((child) => scene.shown[child]);
}

function answerNote(scene, id) {
  const node = scene.model.nodes[id];
  if (!node.terminal || node.answer === null) return "";
  const revised = isRevised(scene, id);
  if (revised && scene.unit < 2 * ROOM_FOR_NOTES) return "";
  const room = Math.floor(scene.unit / 7) - (revised ? 4 : 0);
  return plain(oneLine(node.answer, Math.max(4, room)));
}

/** Plotly understands some markup in texts, and $…$ as a formula: neither is wanted from a model. */
export function plain(text) {
  const named = { "&": "&amp;", "<": "&lt;", ">": "&gt;", $: "&#36;" };
  return text.replace(/[&<>$]/g, (sign) => named[sign]);
}

/** @param {{x: number[], y: number[]}} view what part is shown */
export function figureLayout(view, size, revision) {
  const axis = (range) => ({ visible: false, range, autorange: false, fixedrange: false });
  return {
    ...size,
    datarevision: revision,
    showlegend: false,
    hovermode: false,
    dragmode: "pan",
    margin: { l: 0, r: 0, t: 0, b: 0 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    xaxis: axis(view.x),
    yaxis: axis(view.y),
  };
}

/**
 * Turns a tree into what Plotly draws. Pure functions: no DOM, no state.
 *
 * value = fill (cividis, 0 to 1), visits = size, correction = dashed edge, label = shape, not scored =
 * hollow, best path = thick, by a person = thick outline, pruned = faint. Every mark has an outline. Depth
 * grows downwards: y = -depth.
 */

import { valueColor } from "./colors.js";
import { byPerson, oneLine, ratingOf } from "./format.js";

/**
 * @typedef {Object} Scene
 * @property {import("./tree-model.js").TreeModel} model
 * @property {number[]} ids what is drawn, oldest first
 * @property {Uint8Array} shown
 * @property {Int32Array} folded how many descendants are not drawn, by node
 * @property {Float64Array} x
 * @property {number[]} best ids of the best path
 * @property {number} unit pixels between neighbours
 * @property {number} sizes the unit that marks are sized by: the same one in drawings beside each other
 * @property {Uint8Array} out 1 for what is out of the search
 */

const SMALLEST = 5.5;
const SMALLEST_WITH_ROOM = 13;
const LARGEST = 34;
const ROOM_FOR_NOTES = 30;
const FAINT = 0.3;
/** Keeps a note clear of the mark that it stands beside: plain spaces would be dropped. */
const BESIDE = "\u2003";

/** Diameter in pixels: grows with the logarithm of visits, and is smaller where marks stand close. */
export function markSize(visits, unit) {
  const smallest = Math.min(SMALLEST_WITH_ROOM, Math.max(SMALLEST, 0.85 * unit));
  const growth = 0.12 * smallest + 2.4 * Math.min(1, unit / 34);
  return Math.min(LARGEST, smallest + growth * Math.max(0, Math.log2(1 + visits) - 1));
}

/** @param {Scene} scene @param {Object<string, string>} ink the theme's colours */
export function traces(scene, ink) {
  const { model, ids } = scene;
  const plain = ids.filter((id) => model.nodes[id].parent !== model.nodes[id].corrects);
  const edges = linesOf(plain.filter((id) => !scene.out[id]), scene);
  const cut = linesOf(plain.filter((id) => scene.out[id]), scene);
  const best = { x: scene.best.map((id) => scene.x[id]), y: scene.best.map((id) => depth(scene, id)) };
  return [
    line(best, { width: 7, color: ink.best }, 0.5),
    line(edges, { width: 1.2, color: ink.edge }, 1),
    line(cut, { width: 1.2, color: ink.edge }, FAINT),
    ...[0, 1].map((out) =>
      line(corrections(scene, out), { width: 1.8, color: ink.correction, dash: "4px,3px", shape: "spline" }, out ? FAINT : 1)),
    marks(scene, ink),
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
    x.push(scene.x[parent], scene.x[id], null);
    y.push(depth(scene, parent), depth(scene, id), null);
  }
  return { x, y };
}

/**
 * From the corrected step to its correction, in the search or out of it; bowed when both are on the same level, or on
 * one straight path.
 */
function corrections(scene, out) {
  const x = [];
  const y = [];
  for (const id of scene.ids) {
    const { corrects } = scene.model.nodes[id];
    if (corrects === null || !scene.shown[corrects] || scene.out[id] !== out) continue;
    const [from, to] = [depth(scene, corrects), depth(scene, id)];
    const apart = Math.abs(scene.x[corrects] - scene.x[id]);
    const bow = from === to ? Math.min(0.42, 0.14 + 0.06 * apart) : 0;
    const sideways = apart < 0.01 ? Math.min(0.42, 0.14 + 0.03 * (from - to)) : 0;
    x.push(scene.x[corrects], (scene.x[corrects] + scene.x[id]) / 2 - sideways, scene.x[id], null);
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
    x: scene.ids.map((id) => scene.x[id]),
    y: scene.ids.map((id) => depth(scene, id)),
    hoverinfo: "skip",
    cliponaxis: false,
    marker: {
      opacity: nodes.map((node) => (scene.out[node.id] ? FAINT : 1)),
      size: nodes.map((node) => markSize(node.visits, scene.sizes)),
      symbol: nodes.map((node) => ratingOf(node.label)?.shape ?? "circle"),
      color: nodes.map((node) => (scored(node) ? valueColor(node.value) : ink.surface)),
      line: {
        color: nodes.map((node) => (byPerson(node) ? ink.accent : scored(node) ? ink.outline : ink.muted)),
        width: nodes.map((node) => outlineOf(node, scene)),
      },
    },
  };
}

/** Thick where steps are folded into the mark, and around a person's step. */
function outlineOf(node, scene) {
  const thin = scene.unit < 12 ? 0.7 : 1.1;
  if (byPerson(node)) return 2.6 * thin;
  return scene.folded[node.id] ? 2 * thin : thin;
}

/**
 * Where there is room: the answer a path came to, or how many steps are folded away. Under the mark, but beside an
 * answer that is revised below.
 */
function notes(scene, ink) {
  const noted = scene.ids.filter((id) => noteOf(scene, id));
  const beside = (id) => isRevised(scene, id);
  return {
    type: "scatter",
    mode: "text",
    x: noted.map((id) => scene.x[id]),
    y: noted.map((id) => depth(scene, id)),
    text: noted.map((id) => (beside(id) ? `${BESIDE}${noteOf(scene, id)}` : `<br>${noteOf(scene, id)}`)),
    textposition: noted.map((id) => (beside(id) ? "middle right" : "bottom center")),
    textfont: { size: 11, color: ink.muted },
    hoverinfo: "skip",
    cliponaxis: false,
  };
}

function isRevised(scene, id) {
  const { terminal, children } = scene.model.nodes[id];
  return terminal && children.some((child) => scene.shown[child]);
}

function noteOf(scene, id) {
  const node = scene.model.nodes[id];
  if (scene.unit < ROOM_FOR_NOTES) return "";
  if (scene.folded[id]) return `+${scene.folded[id]}`;
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

/**
 * The key of a saved picture: what the marks mean that occur in it, in the page's words (legend.js) and with shapes of
 * the same looks. The shapes are data, for a picture is Plotly's or a canvas.
 */

import { valueColor } from "./colors.js";
import { plain } from "./figure.js";
import { RATINGS, byPerson } from "./format.js";
import { widthOf } from "./measure.js";
import { t } from "./words.js";

const EDGE = 12;
const ROW = 18;
const BESIDE = 5;
const BETWEEN = 16;
const LETTERS = 11;
const FAINT = 0.3;
const SCALE = { steps: 24, step: 2 };
/** Half the height of a mark. */
const HALF = 7;

/**
 * @typedef {Object} Drawn what is to be seen in a picture
 * @property {import("./tree-model.js").TreeNode[]} nodes
 * @property {Uint8Array} out 1 for what is out of the search
 * @property {boolean} folds whether anything is folded
 * @property {boolean} best whether any of the best path is there
 * @property {boolean} corrections whether any line is drawn from a step to its correction
 *
 * @typedef {Object} Part a circle, or the points of a shape; from the left and the middle of the mark, downwards
 *
 * @typedef {{before: string, parts: Part[], wide: number, text: string, x: number, row: number}} Entry
 */

/** @param {Drawn} drawn @param {Object<string, string>} ink @returns {{entries: Entry[], height: number, font: string}} */
export function keyOf(drawn, isIcicle, width, ink) {
  const font = `${LETTERS}px ${ink.font}`;
  const found = (isIcicle ? blockMarks : treeMarks)(drawn, ink).filter(({ occurs }) => occurs);
  const entries = [];
  let [x, row] = [EDGE, 0];
  for (const entry of [scale(ink), ...found]) {
    const start = entry.before ? widthOf(entry.before, font) + BESIDE : 0;
    const wide = start + entry.wide + BESIDE + widthOf(entry.text, font);
    if (x > EDGE && x + wide > width - EDGE) [x, row] = [EDGE, row + 1];
    entries.push({ ...entry, x, row, start });
    x += wide + BETWEEN;
  }
  return { entries, height: EDGE + (row + 1) * ROW, font };
}

function scale(ink) {
  const { steps, step } = SCALE;
  // Each a little wider than its place: no gaps show between them.
  const parts = Array.from({ length: steps }, (_, k) => ({ ...box(k * step, 5, step + 0.6), fill: valueColor(k / (steps - 1)) }));
  const frame = { ...box(0, 5, steps * step + 0.6), stroke: ink.outline, width: 0.6 };
  return { before: t("legend.value"), parts: [...parts, frame], wide: steps * step, text: "1" };
}

/** What is in either picture; `mark` gives a step's mark its looks, `labelled` one of a label's shape. */
function stepMarks({ nodes, out }, mark, labelled, flag) {
  const some = (is) => nodes.some(is);
  const one = (occurs, text, ...parts) => ({ occurs, text, before: "", parts, wide: 2 * HALF });
  return {
    unscored: one(some(({ value }) => value === null), t("step.notScored"), ...mark({ hollow: true })),
    labels: [...RATINGS].reverse().map(({ rating, name, shape }) =>
      one(some(({ label }) => label === rating), name.toLowerCase(), ...labelled(shape))),
    person: one(some(byPerson), t("step.byPerson"), ...mark({ person: true })),
    flagged: one(some(({ flagged }) => flagged), t("step.flagged"), ...flag),
    pruned: one(some(({ id }) => out[id]), t("step.pruned"), ...mark({ opacity: FAINT })),
  };
}

function treeMarks(drawn, ink) {
  const looks = { fill: valueColor(0.75), stroke: ink.outline, width: 1.1 };
  const special = (person) => (person ? { stroke: ink.accent, width: 2.6 } : {});
  const mark = ({ hollow, person, opacity = 1 }) =>
    [{ circle: [HALF, 0, 5], ...looks, ...(hollow ? { fill: ink.surface, stroke: ink.muted } : special(person)), opacity }];
  const labelled = (shape) => [{ points: SHAPES[shape], closed: true, ...looks }];
  const flag = [{ points: [[3, 6], [3, -6], [12, -2.6], [3, 0.8]], fill: ink.text, stroke: ink.text, width: 1.4 }];
  const { unscored, labels, person, flagged, pruned } = stepMarks(drawn, mark, labelled, flag);
  const sizes = [[3, 2], [10, 3.5], [20, 5]].map(([x, r]) => ({ circle: [x, 0, r], ...looks, fill: ink.muted, width: 0 }));
  const across = (style) => [{ points: [[0, 0], [20, 0]], ...style }];
  const line = (occurs, text, style) => ({ occurs, text, before: "", parts: across(style), wide: 20 });
  const visited = new Set(drawn.nodes.map(({ visits }) => visits)).size > 1;
  return [
    unscored,
    { occurs: visited, text: t("legend.visits"), before: "", parts: sizes, wide: 25 },
    { ...unscored, occurs: drawn.folds, text: t("legend.folded"), parts: [{ points: SHAPES.folded, closed: true, ...looks, stroke: ink.muted }] },
    ...labels,
    line(drawn.corrections, t("legend.correction"), { stroke: ink.correction, width: 1.8, dash: [4, 3] }),
    line(drawn.best, t("legend.best"), { stroke: ink.best, width: 7, opacity: 0.5 }),
    person, flagged, pruned,
  ];
}

function blockMarks(drawn, ink) {
  const block = (style) => ({ ...box(0, 5, 2 * HALF), fill: valueColor(0.75), stroke: ink.outline, width: 0.6, ...style });
  const slope = (x) => ({ points: [[x, 5], [Math.min(2 * HALF, x + 10), -5]], stroke: ink.muted, width: 0.8 });
  const mark = ({ hollow, person, opacity = 1 }) => (hollow ? [block({ fill: ink.surface }), slope(0), slope(4)]
    : [block(person ? { stroke: ink.accent, width: 2, opacity } : { opacity })]);
  const disc = { circle: [HALF, 0, 6.5], fill: ink.surface, stroke: ink.outline, width: 1 };
  const labelled = (shape) => [disc, { points: SHAPES[shape].map(([x, y]) => [HALF + (x - HALF) * 0.6, y * 0.6]), closed: true, fill: ink.outline }];
  const flag = [disc, { points: [[5, 4], [5, -4], [10.5, -1.75], [5, 0.5]], fill: ink.text, stroke: ink.text, width: 1 }];
  const { unscored, labels, person, flagged, pruned } = stepMarks(drawn, mark, labelled, flag);
  const under = { ...box(0, 2, 2 * HALF, 5), fill: ink.best };
  const best = { ...unscored, occurs: drawn.best, text: t("legend.best"), parts: [block({ width: 0 }), under] };
  return [unscored, ...labels, best, person, flagged, pruned];
}

const SHAPES = {
  "triangle-up": [[7, -6], [13, 5], [1, 5]],
  folded: [[1, -5], [13, -5], [7, 5]],
  square: [[2, -5], [12, -5], [12, 5], [2, 5]],
  x: [[4, -6], [7, -3], [10, -6], [13, -3], [10, 0], [13, 3], [10, 6], [7, 3], [4, 6], [1, 3], [4, 0], [1, -3]],
};

function box(x, half, wide, foot = half) {
  const top = foot === half ? -half : foot - 2 * half + 1;
  return { points: [[x, top], [x + wide, top], [x + wide, foot], [x, foot]], closed: true };
}

const middle = ({ row }) => EDGE / 2 + ROW * (row + 0.5);

/** The key below a figure of Plotly's, as shapes and annotations of its layout. */
export function keyInLayout({ entries }, ink) {
  const text = (said, x, y) => ({
    text: plain(said), showarrow: false, borderpad: 0, borderwidth: 0, font: { size: LETTERS, color: ink.muted, family: ink.font },
    xref: "paper", x: 0, xanchor: "left", xshift: x, yref: "paper", y: 0, yanchor: "middle", yshift: -y,
  });
  return {
    shapes: entries.flatMap((entry) => entry.parts.map((part) => shapeOf(part, entry.x + entry.start, middle(entry)))),
    annotations: entries.flatMap((entry) => [
      ...(entry.before ? [text(entry.before, entry.x, middle(entry))] : []),
      text(entry.text, entry.x + entry.start + entry.wide + BESIDE, middle(entry)),
    ]),
  };
}

/** Plotly counts pixels upwards. */
function shapeOf({ circle, points, closed, fill, stroke, width = 0, dash, opacity = 1 }, x, y) {
  const base = {
    xref: "paper", yref: "paper", xsizemode: "pixel", ysizemode: "pixel", xanchor: 0, yanchor: 0, opacity,
    fillcolor: fill ?? "rgba(0,0,0,0)",
    line: { color: stroke ?? fill, width: stroke ? width : 0, dash: dash ? dash.map((length) => `${length}px`).join() : "solid" },
  };
  if (circle) {
    const [cx, cy, r] = circle;
    return { ...base, type: "circle", x0: x + cx - r, x1: x + cx + r, y0: -y - cy - r, y1: -y - cy + r };
  }
  const corners = points.map(([right, down]) => `${x + right},${-y - down}`);
  return { ...base, type: "path", path: `M${corners.join("L")}${closed ? "Z" : ""}` };
}

/** The key on a canvas, from this height on. @param {CanvasRenderingContext2D} paper */
export function drawKey(paper, { entries, font }, top, ink) {
  for (const entry of entries) {
    const [x, y] = [entry.x + entry.start, top + middle(entry)];
    for (const part of entry.parts) drawPart(paper, part, x, y);
    Object.assign(paper, { font, fillStyle: ink.muted, globalAlpha: 1, textBaseline: "middle" });
    paper.fillText(entry.before, entry.x, y + 0.5);
    paper.fillText(entry.text, x + entry.wide + BESIDE, y + 0.5);
  }
}

function drawPart(paper, { circle, points, closed, fill, stroke, width = 0, dash, opacity = 1 }, x, y) {
  paper.globalAlpha = opacity;
  paper.beginPath();
  if (circle) paper.arc(x + circle[0], y + circle[1], circle[2], 0, 2 * Math.PI);
  else points.forEach(([right, down]) => paper.lineTo(x + right, y + down));
  if (closed) paper.closePath();
  if (fill) {
    paper.fillStyle = fill;
    paper.fill();
  }
  if (!stroke || !width) return;
  Object.assign(paper, { strokeStyle: stroke, lineWidth: width });
  paper.setLineDash(dash ?? []);
  paper.stroke();
  paper.setLineDash([]);
}

/**
 * The tree as an icicle: a row per level, a block per step, all of them, on a canvas. Plotly's icicle makes an
 * element per step, which takes ten seconds for ten thousand (docs/benchmarks.md).
 */

import { valueColor } from "./colors.js";
import { h } from "./dom.js";
import { byPerson, oneLine, ratingOf } from "./format.js";
import { Frame, layBlocks } from "./icicle-layout.js";
import { t } from "./words.js";

const OUTLINED = 4;
const FOR_TEXT = { width: 44, height: 13 };
const LETTER = 5.6;
const SHADES = 100;
const DOUBLE_MS = 350;
const DARK_TEXT_FROM = 0.48;
/** Pixels from the label's disc to the flag's. */
const BESIDE = 15;

export class Icicle {
  /**
   * @param {import("./session.js").Session} session
   * @param {{changed: () => void, over: (id: number|null) => void}} handlers
   */
  constructor(session, handlers) {
    this.session = session;
    this.handlers = handlers;
    this.root = 0;
    this.frame = null;
    this.tapped = { id: null, at: -Infinity };
    this.blocks = h("canvas.tw-blocks");
    this.marks = h("canvas.tw-blocks");
    this.element = h("div.tw-picture.tw-icicle", {
      hidden: true, role: "img", "aria-label": t("view.icicleLabel"),
      onclick: (event) => this.#click(event),
      onpointermove: (event) => event.pointerType === "mouse" && handlers.over(this.#at(event)),
      onpointerleave: () => handlers.over(null),
    }, this.blocks, this.marks);
  }

  get fits() {
    return this.root === 0;
  }

  get count() {
    return Math.max(0, this.session.model.size - 1);
  }

  /** What is to be seen at the moment. @returns {import("./picture-key.js").Drawn} */
  get drawn() {
    const { frame } = this;
    if (!frame) return { nodes: [], out: [], folds: false, best: false, corrections: false };
    const { model } = frame;
    const ids = new Set([...frame.way, ...inPicture(frame)]);
    // These are drawn on every block, however narrow it is.
    for (const { id, label, flagged } of model.nodes) if ((label !== null || flagged) && frame.block(id)) ids.add(id);
    const best = model.bestPath().some((id) => frame.block(id));
    return { nodes: [...ids].map((id) => model.nodes[id]), out: model.out(), folds: false, best, corrections: false };
  }

  clear() {
    this.root = 0;
    this.frame = null;
  }

  fit() {
    this.#show(0);
  }

  /** Closer: a level down towards the selected step (without one: the answer). Else a level up. */
  zoom(factor) {
    const { model, selected } = this.session;
    if (!this.frame) return;
    if (factor > 1) this.#show(model.nodes[this.root].parent ?? 0);
    else {
      const path = selected === null ? model.bestPath() : model.path(selected);
      const next = path[path.indexOf(this.root) + 1];
      if (path.includes(this.root) && next !== undefined) this.#show(next);
    }
  }

  /** @returns {boolean} whether the picture has to be drawn anew for the step to be in it */
  reveal(id) {
    const { model } = this.session;
    const path = model.path(id);
    const before = this.root;
    while (!path.includes(this.root) && !model.path(this.root).includes(id)) this.root = model.nodes[this.root].parent;
    return this.root !== before;
  }

  draw(size) {
    const { model } = this.session;
    this.frame = model.size ? new Frame(model, layBlocks(model), Math.min(this.root, model.size - 1), size) : null;
    const paper = paperOf(this.blocks, size);
    const ink = inkOf(this.element);
    paper.font = `11px ${ink.font}`;
    paper.textBaseline = "middle";
    if (this.frame) paint(paper, this.frame, ink);
  }

  /** What can change without the tree: the selected step, and where a model is working. */
  mark() {
    if (!this.frame) return;
    const { model, selected } = this.session;
    const paper = paperOf(this.marks, this.frame.size);
    const ink = inkOf(this.element);
    for (const id of model.busy()) outline(paper, this.frame.block(id), ink.accent, 2);
    if (selected !== null) outline(paper, this.frame.block(selected), ink.ring, 3);
  }

  /** The middle of a step's block, in pixels; null for what is not in the picture. */
  spot(id) {
    const block = id === null || id < 0 || id >= this.session.model.size ? null : this.frame?.block(id);
    return block ? { x: block.x + block.width / 2, y: block.y + block.height / 2, r: block.height / 2 } : null;
  }

  #show(root) {
    this.root = root;
    this.handlers.changed();
  }

  /** Twice on a step: its subtree fills the picture; on the one that does: a level up. */
  #click(event) {
    const id = this.#at(event);
    if (id === null) return;
    const again = id === this.tapped.id && performance.now() - this.tapped.at < DOUBLE_MS;
    this.tapped = again ? { id: null, at: -Infinity } : { id, at: performance.now() };
    if (!again) this.session.select(id);
    else this.#show(id === this.root ? (this.session.model.nodes[id].parent ?? 0) : id);
  }

  #at(event) {
    const box = this.element.getBoundingClientRect();
    return this.frame?.at(event.clientX - box.left, event.clientY - box.top) ?? null;
  }
}

/** An empty canvas of this size, as sharp as the screen. */
function paperOf(canvas, { width, height }) {
  const dots = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * dots);
  canvas.height = Math.round(height * dots);
  const paper = canvas.getContext("2d");
  paper.scale(dots, dots);
  return paper;
}

function inkOf(element) {
  const style = getComputedStyle(element);
  const names = ["accent", "best", "line", "surface", "outline", "muted", "ring", "text"];
  const ink = Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--tw-${name}`).trim()]));
  return { ...ink, font: style.fontFamily };
}

const COLORS = Array.from({ length: SHADES + 1 }, (_, k) => valueColor(k / SHADES));

function paint(paper, frame, ink) {
  const { model } = frame;
  const out = model.out();
  const hatch = hatching(paper, ink);
  for (const id of [...frame.way, ...inPicture(frame)]) {
    const node = model.nodes[id];
    const block = frame.block(id);
    const scored = node.value !== null;
    paper.globalAlpha = out[id] ? 0.3 : 1;
    paper.fillStyle = scored ? COLORS[Math.round(Math.min(1, Math.max(0, node.value)) * SHADES)] : hatch;
    paper.fillRect(block.x, block.y, Math.max(1, block.width), block.height);
    if (block.width < OUTLINED) continue;
    paper.lineWidth = byPerson(node) ? 2 : 0.6;
    paper.strokeStyle = byPerson(node) ? ink.accent : ink.outline;
    paper.strokeRect(block.x + 0.3, block.y + 0.3, block.width - 0.6, block.height - 0.6);
    if (block.width >= FOR_TEXT.width && block.height >= FOR_TEXT.height) write(paper, node, block);
  }
  paper.globalAlpha = 1;
  for (const id of model.bestPath()) underline(paper, frame.block(id), ink);
  for (const node of model.nodes) {
    if (node.label !== null) sign(paper, node, frame.block(node.id), ink);
    if (node.flagged) flag(paper, node, frame.block(node.id), ink);
  }
}

/** What can be told apart: of steps in one column of pixels the first, and nothing of what is below the others. */
function inPicture(frame) {
  const found = [];
  const painted = [];
  const stack = [frame.root];
  const { depth } = frame.model.nodes[frame.root];
  while (stack.length) {
    const id = stack.pop();
    const node = frame.model.nodes[id];
    const { x, y, width } = frame.block(id);
    const level = node.depth - depth;
    const end = Math.max(Math.floor(x) + 1, Math.floor(x + width));
    if (y > frame.size.height || end <= (painted[level] ?? 0)) continue;
    painted[level] = end;
    found.push(id);
    for (let k = node.children.length - 1; k >= 0; k -= 1) stack.push(node.children[k]);
  }
  return found;
}

function write(paper, node, block) {
  const room = Math.floor((block.width - 8) / LETTER);
  paper.fillStyle = node.value !== null && node.value >= DARK_TEXT_FROM ? "#10161d" : "#ffffff";
  if (node.value === null) paper.fillStyle = getComputedStyle(paper.canvas).color;
  paper.fillText(oneLine(node.text, room), block.x + 4, block.y + block.height / 2 + 0.5, block.width - 8);
}

/** No score could be had: that is no low score. */
function hatching(paper, ink) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 6;
  const pen = tile.getContext("2d");
  pen.fillStyle = ink.surface;
  pen.fillRect(0, 0, 6, 6);
  pen.strokeStyle = ink.muted;
  pen.lineWidth = 0.8;
  pen.beginPath();
  pen.moveTo(0, 6);
  pen.lineTo(6, 0);
  pen.stroke();
  return paper.createPattern(tile, "repeat");
}

function underline(paper, block, ink) {
  if (!block) return;
  paper.fillStyle = ink.best;
  const high = Math.min(4, block.height / 3);
  paper.fillRect(block.x, block.y + block.height - high, Math.max(3, block.width), high);
}

/** A person's label, in a disc: whatever the block's colour, and however narrow it is. */
function sign(paper, node, block, ink) {
  if (!block) return;
  const { x, y } = disc(paper, block, ink);
  paper.fillStyle = ink.outline;
  paper.textAlign = "center";
  paper.fillText(ratingOf(node.label).sign, x, y + 0.5);
  paper.textAlign = "start";
}

/** A flag, in a disc beside that of the label. */
function flag(paper, node, block, ink) {
  if (!block) return;
  const { x, y } = disc(paper, block, ink, node.label === null ? 0 : BESIDE);
  paper.strokeStyle = paper.fillStyle = ink.text;
  paper.beginPath();
  paper.moveTo(x - 2, y + 4);
  paper.lineTo(x - 2, y - 4);
  paper.lineTo(x + 3.5, y - 1.75);
  paper.lineTo(x - 2, y + 0.5);
  paper.fill();
  paper.stroke();
}

/** Where a block has room for a sign, with an empty disc drawn there. @param {number} left pixels further to the left */
function disc(paper, block, ink, left = 0) {
  const x = block.x + (block.width > 60 ? block.width - 10 : block.width / 2) - left;
  const y = block.y + block.height / 2;
  paper.fillStyle = ink.surface;
  paper.strokeStyle = ink.outline;
  paper.lineWidth = 1;
  paper.beginPath();
  paper.arc(x, y, 6.5, 0, 2 * Math.PI);
  paper.fill();
  paper.stroke();
  return { x, y };
}

function outline(paper, block, color, width) {
  if (!block) return;
  paper.strokeStyle = color;
  paper.lineWidth = width;
  const wide = Math.max(6, block.width - 2);
  paper.strokeRect(block.x + (block.width - wide) / 2, block.y + 1, wide, Math.max(4, block.height - 2));
}

/**
 * The tree as a node-link drawing by Plotly, of the visible few hundred. One plot for the life of the page, so
 * that zoom, hover and selection survive growth.
 */

import { h } from "./dom.js";
import { figureLayout, sizeOf, traces } from "./figure.js";
import { Overlay } from "./overlay.js";
import { FOLD_BELOW, Moves, foldMark, foldedAt, placeMarks, roomOf } from "./places.js";
import { loadPlotly } from "./plotly.js";
import { Pointer } from "./pointer.js";
import { View } from "./view.js";
import { alwaysKept, chooseVisible, chosenBy } from "./visible.js";

/** Steps drawn unless somebody says how many; fewer where there is little room for them. */
const MOST = 300;
const LEAST = 150;
const PER_PIXEL = 0.4;
/** Where everything is new, halos around all of it would say nothing. */
const MOST_NEW = 24;
const CONFIG = {
  scrollZoom: true, displayModeBar: false, displaylogo: false, responsive: false, doubleClick: false,
};

export class NodeLink {
  /**
   * @param {import("./session.js").Session} session
   * @param {string} plotlyUrl
   * @param {import("./look.js").Look} look
   * @param {Object} handlers
   * @param {(unit: number) => number} handlers.sizing the unit to size marks by, given that of this drawing
   * @param {(now?: boolean) => void} handlers.changed something else is to be drawn, at once unless `false`
   * @param {(mark: number|null) => void} handlers.over
   * @param {(parent: number) => void} handlers.unfold
   */
  constructor(session, plotlyUrl, look, handlers) {
    this.session = session;
    this.look = look;
    this.handlers = handlers;
    this.view = new View();
    this.overlay = new Overlay();
    /** @type {import("./figure.js").Scene|null} */
    this.scene = null;
    this.range = null;
    this.revision = 0;
    /** @type {number|null} a node that stays put in the next drawing, whatever else moves */
    this.held = null;
    /** Whether the tree could still grow when it was drawn last. */
    this.growing = false;
    /** How many steps the search had when it was drawn last. */
    this.grown = 0;
    this.plotly = loadPlotly(plotlyUrl);
    this.plot = h("div.tw-plot");
    this.element = h("div.tw-picture", {}, this.plot, this.overlay.element);
    new Pointer(this.plot, {
      spots: () => this.#spots(),
      tap: (mark) => this.#tap(mark),
      doubleTapBeside: () => this.fit(),
      over: handlers.over,
    });
  }

  get fits() {
    return this.view.fits;
  }

  /** How many steps are drawn. The problem is always drawn, and is no step. */
  get count() {
    return (this.scene?.ids.length ?? 1) - 1;
  }

  /** What is to be seen at the moment. @returns {import("./picture-key.js").Drawn} */
  get drawn() {
    const { scene } = this;
    if (!scene) return { nodes: [], out: [], folds: false, best: false, corrections: false };
    const { ids, model, shown, out, best, folds } = scene;
    const seen = (mark) => this.#sees(mark);
    const nodes = ids.filter(seen).map((id) => model.nodes[id]);
    return {
      nodes, out,
      folds: [...folds.keys()].some((parent) => seen(foldMark(parent))),
      best: best.length > 1 && best.some(seen),
      corrections: nodes.some(({ corrects }) => corrects !== null && shown[corrects]),
    };
  }

  /** Forgets the tree that was drawn. */
  clear() {
    this.view.reset();
    this.scene = null;
  }

  /** That these were drawn is no reason to draw them again. @param {number[]} ids */
  forget(ids) {
    for (const id of ids) if (this.scene) this.scene.choice.shown[id] = 0;
  }

  fit() {
    this.clear();
    this.handlers.changed();
  }

  zoom(factor) {
    if (!this.range) return;
    const at = this.session.selected;
    const about = at !== null && this.scene?.shown[at] ? this.#point(at) : null;
    this.view.zoom(factor, this.range, about);
    this.handlers.changed();
  }

  /** @returns {boolean} whether the step has to be drawn, or moved into view, before it can be marked */
  reveal(id) {
    if (!this.scene) return false;
    return !this.scene.shown[id] || this.view.reveal(this.#point(id), this.range);
  }

  async draw(size) {
    await this.plotly;
    this.#compose(size);
    const layout = figureLayout(this.range, size, (this.revision += 1));
    const data = this.scene ? traces(this.scene, this.#ink()) : [];
    await window.Plotly.react(this.plot, data, layout, CONFIG);
    if (!this.listening) this.#listenToPlot();
  }

  /** Pixels inside the picture; null for what is not drawn. */
  spot(mark) {
    if (mark === null || !this.scene?.x.has(mark)) return null;
    const { x, y } = this.#point(mark);
    const { clientWidth: width, clientHeight: height } = this.plot;
    const part = ([from, to], value) => (value - from) / (to - from);
    const r = sizeOf(this.scene, mark) / 2;
    return { x: part(this.range.x, x) * width, y: (1 - part(this.range.y, y)) * height, r };
  }

  /** Puts the ring around the selected step, the pulse where a model is working, and halos around what is new. */
  mark() {
    const { model, selected } = this.session;
    const busy = new Map();
    for (const id of model.busy()) {
      const mark = this.#markOf(id);
      if (mark !== null) busy.set(mark, this.spot(mark));
    }
    const { recent } = this.session;
    const newest = recent.steps().sort((a, b) => recent.at(b) - recent.at(a)).slice(0, MOST_NEW);
    const fresh = newest.map((id) => ({ id, at: recent.at(id), spot: this.spot(id) }));
    this.overlay.placeRecent(fresh.filter(({ spot }) => spot));
    this.overlay.place(this.spot(selected), busy);
  }

  /** Whether the middle of a mark is in the part that is shown. */
  #sees(mark) {
    const { x, y } = this.#point(mark);
    const within = ([from, to], at) => at >= from && at <= to;
    return within(this.range.x, x) && within(this.range.y, y);
  }

  /** Where a step is to be seen: its own mark, or that of the fold it is in. */
  #markOf(id) {
    if (!this.scene) return null;
    const { shown, folds, model } = this.scene;
    if (shown[id]) return id;
    for (let at = model.nodes[id].parent; at !== null; at = model.nodes[at].parent) {
      if (shown[at]) return folds.has(at) ? foldMark(at) : at;
    }
    return null;
  }

  #tap(mark) {
    const parent = foldedAt(mark);
    if (parent === null) this.session.select(mark);
    else this.handlers.unfold(parent);
  }

  #spots() {
    return this.scene ? [...this.scene.x.keys()].map((mark) => ({ id: mark, ...this.spot(mark) })) : [];
  }

  #listenToPlot() {
    this.listening = true;
    this.plot.on("plotly_relayouting", (event) => this.#moved(event));
    this.plot.on("plotly_relayout", (event) => {
      if (this.#moved(event)) this.handlers.changed(false);
    });
  }

  /** Somebody panned or zoomed. @returns {boolean} whether the event was about that */
  #moved(event) {
    if (event["xaxis.range[0]"] === undefined) return false;
    const ends = (axis) => [event[`${axis}.range[0]`], event[`${axis}.range[1]`]];
    this.range = { x: ends("xaxis"), y: ends("yaxis") };
    this.view.choose(this.range);
    this.handlers.over(null);
    this.mark();
    return true;
  }

  /** Chooses, finds places, and decides what part of it is shown. */
  #compose(size) {
    // In the past, steps stand where they do in the whole tree: they do not move while time does.
    const { model, whole, selected } = this.session;
    if (!model.size) {
      this.scene = null;
      this.range = this.view.range({ left: 0, right: 0, depth: 0 }, size);
      return;
    }
    const before = this.scene;
    const thresholds = { ...this.look.thresholds, most: this.look.thresholds.most ?? mostFor(size.width) };
    // The best path of that moment need not be among what is drawn of the whole tree.
    const keep = alwaysKept(whole, selected, [...this.look.unfolded, ...model.bestPath()]);
    const choice = chooseVisible(whole, thresholds, keep, before?.choice.shown);
    const places = placeMarks(whole, choice, before?.places ?? null, this.#moves());
    const anchor = this.#anchor(places);
    if (anchor !== null) this.view.follow(places.get(anchor) - before.x.get(anchor));
    this.held = null;
    this.range = this.view.range(extentOf(places, whole), size);
    const unit = size.width / (this.range.x[1] - this.range.x[0]);
    const level = size.height / (this.range.y[1] - this.range.y[0]);
    const drawn = chosenBy(model, choice);
    const x = placesOf(places, drawn);
    this.scene = {
      ...drawn, model, choice, places, x, unit, level, sizes: this.handlers.sizing(unit),
      room: roomOf(x, (mark) => depthOf(mark, model)),
      corrections: this.look.corrections, best: model.bestPath().filter((id) => drawn.shown[id]), out: model.out(),
    };
  }

  /**
   * Who has zoomed in keeps what is seen. Else a tree that grows is kept tidy; and all of it is laid out once the search has
   * come to its end, or had come to it before somebody added a step: one new step is to be seen well.
   */
  #moves() {
    const { active, live } = this.session;
    const grew = live.size > this.grown;
    const ended = (this.growing || grew) && !active;
    [this.growing, this.grown] = [active, live.size];
    if (!this.view.fits) return Moves.STAY;
    if (ended) return Moves.TIDY;
    return grew ? Moves.EASE : Moves.STAY;
  }

  /** The node that stays put: the held or selected one, else the one nearest to the middle of what is seen. */
  #anchor(x) {
    if (this.view.fits || !this.scene) return null;
    const before = this.scene;
    for (const id of [this.held, this.session.selected]) {
      if (id !== null && before.x.has(id) && x.has(id)) return id;
    }
    const middle = (range) => (range[0] + range[1]) / 2;
    const [cx, cy] = [middle(this.range.x), middle(this.range.y)];
    let [nearest, least] = [null, Infinity];
    for (const id of before.ids) {
      const away = Math.abs(before.x.get(id) - cx) + 3 * Math.abs(-before.model.nodes[id].depth - cy);
      if (x.has(id) && away < least) [nearest, least] = [id, away];
    }
    return nearest;
  }

  #point(mark) {
    return { x: this.scene.x.get(mark), y: -depthOf(mark, this.scene.model) };
  }

  /** The theme's colours, and its font, as they are now: the theme can be switched at any time. */
  #ink() {
    const style = getComputedStyle(this.element);
    const names = ["accent", "best", "edge", "correction", "surface", "outline", "muted", "text"];
    const colors = names.map((name) => [name, style.getPropertyValue(`--tw-${name}`).trim()]);
    return { ...Object.fromEntries(colors), font: style.fontFamily };
  }
}

export function mostFor(width) {
  return Math.min(MOST, Math.max(LEAST, Math.round(PER_PIXEL * width)));
}

function depthOf(mark, model) {
  const parent = foldedAt(mark);
  return parent === null ? model.nodes[mark].depth : model.nodes[parent].depth + FOLD_BELOW;
}

/** The places of those marks that are drawn. */
function placesOf(places, { ids, shown, folds }) {
  const drawn = ([mark]) => (foldedAt(mark) === null ? shown[mark] === 1 : folds.has(foldedAt(mark)));
  return ids.length + folds.size === places.size ? places : new Map([...places].filter(drawn));
}

function extentOf(x, model) {
  let [left, right, depth] = [Infinity, -Infinity, 0];
  for (const [mark, at] of x) {
    left = Math.min(left, at);
    right = Math.max(right, at);
    depth = Math.max(depth, depthOf(mark, model));
  }
  return { left, right, depth };
}

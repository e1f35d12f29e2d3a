/**
 * The overview: the tree as a node-link drawing by Plotly. One plot for the life of the page, so that
 * zoom, hover and selection survive growth; drawn as often as the machine keeps up with.
 */

import { h } from "./dom.js";
import { figureLayout, markSize, traces } from "./figure.js";
import { tidyLayout } from "./layout.js";
import { legend } from "./legend.js";
import { Overlay } from "./overlay.js";
import { loadPlotly } from "./plotly.js";
import { Pointer } from "./pointer.js";
import { Tooltip } from "./tooltip.js";
import { View } from "./view.js";
import { alwaysKept, chooseVisible } from "./visible.js";

/** Steps drawn at most; fewer where there is little room for them. */
const LIMIT = 600;
const LEAST = 200;
const PER_PIXEL = 0.75;
const SHORTEST_PAUSE = 150;
const CONFIG = {
  scrollZoom: true, displayModeBar: false, displaylogo: false, responsive: false, doubleClick: false,
};

export class Overview {
  /**
   * @param {import("./session.js").Session} session
   * @param {string} plotlyUrl
   * @param {(unit: number) => number} sizing the unit to size marks by, given that of this drawing
   */
  constructor(session, plotlyUrl, sizing = (unit) => unit) {
    this.session = session;
    this.sizing = sizing;
    this.view = new View();
    this.overlay = new Overlay();
    this.scene = null;
    this.range = null;
    this.next = 0;
    this.revision = 0;
    this.drawn = 0;
    this.waiting = false;
    this.plotly = loadPlotly(plotlyUrl);
    this.#build();
    this.#listen();
  }

  /** Where a node is on the page, in pixels, or null. For tests. */
  pixel(id) {
    const spot = this.#spot(id);
    if (!spot) return null;
    const box = this.plot.getBoundingClientRect();
    return { x: box.left + spot.x, y: box.top + spot.y };
  }

  fit() {
    this.view.reset();
    this.draw();
  }

  zoom(factor) {
    if (!this.range) return;
    const at = this.session.selected;
    const about = at !== null && this.scene.shown[at] ? this.#point(at) : null;
    this.view.zoom(factor, this.range, about);
    this.draw();
  }

  /** Draws soon: now if the last drawing is long enough ago, together with what else changes meanwhile. */
  schedule() {
    if (this.waiting) return;
    this.waiting = true;
    const wait = Math.max(0, this.next - performance.now());
    setTimeout(() => requestAnimationFrame(() => {
      this.waiting = false;
      this.draw();
    }), wait);
  }

  async draw() {
    if (this.drawing) {
      this.schedule();
      return;
    }
    const size = { width: this.plot.clientWidth, height: this.plot.clientHeight };
    if (!size.width || !size.height) return;
    this.drawing = true;
    const began = performance.now();
    try {
      await this.plotly;
      this.#compose(size);
      const layout = figureLayout(this.range, size, (this.revision += 1));
      const data = this.scene ? traces(this.scene, this.#ink()) : [];
      await window.Plotly.react(this.plot, data, layout, CONFIG);
      if (!this.listening) this.#listenToPlot();
      this.drawn += 1;
    } finally {
      this.drawing = false;
    }
    this.#afterDraw();
    const took = performance.now() - began;
    this.next = performance.now() + Math.max(SHORTEST_PAUSE, 2 * took);
  }

  #build() {
    const button = (text, title, act) =>
      h("button.tw-icon-button", { type: "button", title, "aria-label": title, onclick: act }, text);
    this.fitButton = button("Fit", "Show the whole tree, also while it grows", () => this.fit());
    this.count = h("span.tw-count");
    this.plot = h("div.tw-plot");
    this.tooltip = new Tooltip();
    this.element = h("section.tw-overview", { "aria-label": "Overview of the tree" },
      h("div.tw-pane-bar", {},
        h("h2", {}, "Tree"), this.count,
        h("div.tw-tools", {}, this.fitButton,
          button("+", "Zoom in", () => this.zoom(0.65)), button("−", "Zoom out", () => this.zoom(1.55)))),
      h("div.tw-plot-box", {}, this.plot, this.overlay.element, this.tooltip.element),
      legend());
  }

  #listen() {
    const { session } = this;
    session.on("tree", () => this.schedule());
    session.on("run", () => this.schedule());
    session.on("open", () => {
      this.view.reset();
      this.scene = null;
      this.tooltip.hide();
      this.draw();
    });
    session.on("select", (id) => this.#selected(id));
    new ResizeObserver(() => this.schedule()).observe(this.plot);
    new Pointer(this.plot, {
      spots: () => (this.scene?.ids ?? []).map((id) => ({ id, ...this.#spot(id) })),
      tap: (id) => session.select(id),
      doubleTapBeside: () => this.fit(),
      over: (id) => this.#hover(id),
    });
    new MutationObserver(() => this.schedule()).observe(document.body, {
      attributes: true, attributeFilter: ["class"],
    });
  }

  #listenToPlot() {
    this.listening = true;
    this.plot.on("plotly_relayouting", (event) => this.#moved(event));
    this.plot.on("plotly_relayout", (event) => {
      if (this.#moved(event)) this.schedule();
    });
  }

  /** Somebody panned or zoomed. @returns {boolean} whether the event was about that */
  #moved(event) {
    if (event["xaxis.range[0]"] === undefined) return false;
    const ends = (axis) => [event[`${axis}.range[0]`], event[`${axis}.range[1]`]];
    this.range = { x: ends("xaxis"), y: ends("yaxis") };
    this.view.choose(this.range);
    this.tooltip.hide();
    this.#afterDraw();
    return true;
  }

  #selected(id) {
    this.tooltip.hide();
    if (id === null || !this.scene) return this.#afterDraw();
    if (!this.scene.shown[id]) return this.draw();
    if (this.view.reveal(this.#point(id), this.range)) return this.draw();
    return this.#afterDraw();
  }

  /** Chooses, lays out, and decides what part of it is shown. */
  #compose(size) {
    const { model, selected } = this.session;
    if (!model.size) {
      this.scene = null;
      this.range = this.view.range({ left: 0, right: 0, depth: 0 }, size);
      return;
    }
    const limit = Math.min(LIMIT, Math.max(LEAST, Math.round(PER_PIXEL * size.width)));
    const choice = chooseVisible(model, limit, alwaysKept(model, selected));
    const x = tidyLayout(choice.children);
    const anchor = this.#anchor(choice.shown);
    if (anchor !== null) this.view.follow(x[anchor] - this.scene.x[anchor]);
    let [left, right, depth] = [Infinity, -Infinity, 0];
    for (const id of choice.ids) {
      left = Math.min(left, x[id]);
      right = Math.max(right, x[id]);
      depth = Math.max(depth, model.nodes[id].depth);
    }
    this.range = this.view.range({ left, right, depth }, size);
    const unit = size.width / (this.range.x[1] - this.range.x[0]);
    this.scene = { ...choice, model, x, unit, sizes: this.sizing(unit), best: model.bestPath(), out: model.out() };
  }

  /** The node that stays put: the selected one, else the one nearest to the middle of what is seen. */
  #anchor(shown) {
    if (this.view.fits || !this.scene) return null;
    const { selected } = this.session;
    const before = this.scene;
    if (selected !== null && before.shown[selected] && shown[selected]) return selected;
    const middle = (range) => (range[0] + range[1]) / 2;
    const [cx, cy] = [middle(this.range.x), middle(this.range.y)];
    let [nearest, least] = [null, Infinity];
    for (const id of before.ids) {
      const away = Math.abs(before.x[id] - cx) + 3 * Math.abs(-before.model.nodes[id].depth - cy);
      if (shown[id] && away < least) [nearest, least] = [id, away];
    }
    return nearest;
  }

  #point(id) {
    return { x: this.scene.x[id], y: -this.scene.model.nodes[id].depth };
  }

  /** Pixels inside the plot. */
  #spot(id) {
    if (!this.scene?.shown[id]) return null;
    const { x, y } = this.#point(id);
    const { clientWidth: width, clientHeight: height } = this.plot;
    const part = ([from, to], value) => (value - from) / (to - from);
    const r = markSize(this.scene.model.nodes[id].visits, this.scene.sizes) / 2;
    return { x: part(this.range.x, x) * width, y: (1 - part(this.range.y, y)) * height, r };
  }

  #afterDraw() {
    const { model, selected } = this.session;
    this.tooltip.follow(this.#spot(this.tooltip.node));
    const busy = new Map();
    for (const id of model.busy()) {
      const spot = this.#spot(id);
      if (spot) busy.set(id, spot);
    }
    this.overlay.place(selected === null ? null : this.#spot(selected), busy);
    // The problem is always drawn, and is no step.
    const drawn = this.scene?.ids.length ?? 1;
    this.count.textContent = drawn < model.size ? `${drawn - 1} of ${model.size - 1} steps drawn` : "";
    this.fitButton.setAttribute("aria-pressed", String(this.view.fits));
  }

  #hover(id) {
    if (id === this.tooltip.node) return undefined;
    const spot = id === null ? null : this.#spot(id);
    if (!spot) return this.tooltip.hide();
    const box = { width: this.plot.clientWidth, height: this.plot.clientHeight };
    return this.tooltip.show(this.session.model.nodes[id], spot, box, this.scene.folded[id]);
  }

  /** The theme's colours, as they are now: the theme can be switched at any time. */
  #ink() {
    const style = getComputedStyle(this.element);
    const names = ["accent", "best", "edge", "correction", "surface", "outline", "muted"];
    return Object.fromEntries(
      names.map((name) => [name, style.getPropertyValue(`--tw-${name}`).trim()]),
    );
  }
}

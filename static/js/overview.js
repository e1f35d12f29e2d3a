/**
 * The overview: the tree as a picture, drawn as often as the machine keeps up with. Two pictures take turns: a
 * node-link drawing of the visible few hundred, and an icicle of everything.
 */

import { h, setText } from "./dom.js";
import { whole } from "./format.js";
import { Icicle } from "./icicle.js";
import { legend } from "./legend.js";
import { Look } from "./look.js";
import { NodeLink } from "./node-link.js";
import { foldedAt } from "./places.js";
import { Thresholds } from "./thresholds.js";
import { Tooltip } from "./tooltip.js";
import { nextFolded } from "./visible.js";
import { t } from "./words.js";

const SHORTEST_PAUSE = 150;
/** A drawing takes at most about a fifth of the time: the rest belongs to whoever reads. */
const PAUSE_PER_DRAWING = 4;
/** Somebody who goes from step to step is not kept waiting for each to be drawn. */
const RESTED = 220;

export class Overview {
  /**
   * @param {import("./session.js").Session} session
   * @param {string} plotlyUrl
   * @param {(unit: number) => number} sizing the unit to size marks by, given that of this drawing
   */
  constructor(session, plotlyUrl, sizing = (unit) => unit) {
    this.session = session;
    this.look = new Look();
    this.next = 0;
    this.drawn = 0;
    this.timer = 0;
    this.tooltip = new Tooltip();
    const changed = (soon = true) => (soon ? this.draw() : this.schedule());
    const over = (mark) => this.#hover(mark);
    this.nodeLink = new NodeLink(session, plotlyUrl, this.look, {
      sizing, changed, over, unfold: (parent) => this.unfold(parent),
    });
    this.icicle = new Icicle(session, { changed, over });
    this.#build();
    this.#listen();
  }

  get picture() {
    return this.look.picture === "icicle" ? this.icicle : this.nodeLink;
  }

  get plot() {
    return this.nodeLink.plot;
  }

  /** Where a node is on the page, in pixels, or null. For tests. */
  pixel(id) {
    const spot = this.picture.spot(id);
    if (!spot) return null;
    const box = this.picture.element.getBoundingClientRect();
    return { x: box.left + spot.x, y: box.top + spot.y };
  }

  /** Whether everything is drawn as it is now. For tests. */
  get settled() {
    return !this.timer && !this.drawing;
  }

  fit() {
    this.picture.fit();
  }

  zoom(factor) {
    this.picture.zoom(factor);
  }

  /** The other picture. */
  switch() {
    this.look.picture = this.look.picture === "icicle" ? "tree" : "icicle";
    this.#looked();
  }

  /** Draws more of what is folded at a node. */
  unfold(parent) {
    const { scene } = this.nodeLink;
    if (!scene) return;
    this.look.unfold(parent, nextFolded(this.session.model, scene.shown, parent));
    this.nodeLink.held = parent;
    this.#looked();
  }

  /** Opens the fold at the selected step; where nothing is folded (any more), folds what was opened. */
  toggleFold() {
    const { selected } = this.session;
    if (selected === null) this.session.saySelect(t("fold.key"));
    else if (this.nodeLink.scene?.folds.has(selected)) this.unfold(selected);
    else this.foldAgain();
  }

  /** Folds what somebody opened at the selected step, or else everywhere. */
  foldAgain() {
    const { selected } = this.session;
    const one = this.look.opened.get(selected);
    this.nodeLink.forget(one ?? this.look.unfolded);
    if (one) this.look.fold(selected);
    else this.look.foldAll();
    this.#looked();
  }

  /** Takes over what the address says. @param {URLSearchParams} query */
  restore(query) {
    this.look.read(query);
    this.#looked();
  }

  /** Draws soon: now if the last drawing is long enough ago, together with what else changes meanwhile. */
  schedule(least = 0) {
    if (this.timer && !least) return;
    clearTimeout(this.timer);
    const wait = Math.max(least, this.next - performance.now());
    this.timer = setTimeout(() => requestAnimationFrame(() => {
      this.timer = 0;
      this.draw();
    }), wait);
  }

  async draw() {
    if (this.drawing) {
      this.schedule();
      return;
    }
    const size = { width: this.box.clientWidth, height: this.box.clientHeight };
    if (!size.width || !size.height) return;
    this.drawing = true;
    const began = performance.now();
    try {
      this.#openWanted();
      await this.picture.draw(size);
      this.drawn += 1;
    } finally {
      this.drawing = false;
    }
    if (this.look.toOpen.length && this.picture.scene) this.schedule();
    this.#afterDraw();
    const took = performance.now() - began;
    this.next = performance.now() + Math.max(SHORTEST_PAUSE, PAUSE_PER_DRAWING * took);
  }

  #build() {
    const button = (text, title, act) =>
      h("button.tw-icon-button", { type: "button", title, "aria-label": title, onclick: act }, text);
    this.thresholds = new Thresholds(this.look, () => this.#looked());
    this.foldButton = button(t("fold.again"), t("fold.againTitle"), () => this.foldAgain());
    this.fitButton = button(t("view.fit"), t("view.fitTitle"), () => this.fit());
    this.switchButton = button("", "", () => this.switch());
    this.box = h("div.tw-plot-box", {}, this.nodeLink.element, this.icicle.element, this.tooltip.element);
    this.element = h("section.tw-overview", { "aria-label": t("view.label") },
      h("div.tw-pane-bar", {},
        h("h2", {}, t("pane.tree")), this.thresholds.button,
        h("div.tw-tools", {}, this.foldButton, this.switchButton, this.fitButton,
          button("+", t("view.in"), () => this.zoom(0.65)), button("−", t("view.out"), () => this.zoom(1.55)))),
      this.thresholds.panel, this.box, legend(() => this.#switchCorrections()));
    this.correctionsButton = this.element.querySelector(".tw-corrections");
    this.#showLook();
  }

  #listen() {
    const { session } = this;
    session.on("tree", () => this.schedule());
    session.on("run", () => this.schedule());
    session.on("open", () => {
      this.look.foldAll();
      this.nodeLink.clear();
      this.icicle.clear();
      this.tooltip.hide();
      this.#looked();
    });
    session.on("select", (id) => this.#selected(id));
    new ResizeObserver(() => this.schedule()).observe(this.box);
    new MutationObserver(() => this.schedule()).observe(document.body, {
      attributes: true, attributeFilter: ["class"],
    });
  }

  #selected(id) {
    this.tooltip.hide();
    if (id !== null && this.picture.reveal(id)) this.schedule(RESTED);
    this.#afterDraw();
  }

  /** The address named folds to open, and now there may be something to open them in. */
  #openWanted() {
    const { model } = this.session;
    const { scene } = this.nodeLink;
    if (!scene || !this.look.toOpen.length || this.look.picture !== "tree") return;
    for (const parent of this.look.toOpen) {
      if (model.nodes[parent]) this.look.unfold(parent, nextFolded(model, scene.shown, parent));
    }
    this.look.toOpen = [];
  }

  /** Something else is to be drawn from now on. */
  #looked() {
    this.tooltip.hide();
    this.#showLook();
    this.draw();
    this.session.tell("look");
  }

  #switchCorrections() {
    this.look.corrections = !this.look.corrections;
    this.#looked();
  }

  #showLook() {
    this.correctionsButton.setAttribute("aria-pressed", String(this.look.corrections));
    const icicle = this.look.picture === "icicle";
    this.element.dataset.picture = this.look.picture;
    this.nodeLink.element.hidden = icicle;
    this.icicle.element.hidden = !icicle;
    this.foldButton.hidden = icicle || !this.look.opened.size;
    this.thresholds.show();
    setText(this.switchButton, icicle ? t("pane.tree") : t("view.icicle"));
    const title = icicle ? t("view.asTree") : t("view.asIcicle");
    this.switchButton.title = title;
    this.switchButton.setAttribute("aria-label", title);
  }

  #afterDraw() {
    const { picture, session } = this;
    this.tooltip.follow(picture.spot(this.tooltip.node));
    picture.mark();
    const steps = Math.max(0, session.model.size - 1);
    const { count } = picture;
    this.thresholds.say(count < steps ? t("drawn.some", { drawn: whole(count), steps: whole(steps) }) : steps ? t("drawn.all", { count: steps }) : "");
    this.fitButton.setAttribute("aria-pressed", String(picture.fits));
  }

  #hover(mark) {
    if (mark === this.tooltip.node) return undefined;
    const spot = mark === null ? null : this.picture.spot(mark);
    if (!spot) return this.tooltip.hide();
    const box = { width: this.box.clientWidth, height: this.box.clientHeight };
    const parent = foldedAt(mark);
    if (parent === null) return this.tooltip.show(this.session.model.nodes[mark], spot, box);
    return this.tooltip.showFold(this.nodeLink.scene.folds.get(parent), spot, box);
  }
}

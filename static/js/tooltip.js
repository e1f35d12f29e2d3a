/** The small card beside the pointer. Our own, because Plotly's would read markup in a model's text. */

import { fill, h } from "./dom.js";
import { byPerson, decimal, oneLine, ratingOf, whole, words } from "./format.js";
import { foldMark } from "./places.js";
import { pieces, t } from "./words.js";

const WIDTH = 280;

export class Tooltip {
  constructor() {
    this.element = h("div.tw-tooltip", { role: "tooltip", hidden: true });
    /** @type {number|null} */
    this.node = null;
    this.spot = null;
  }

  /**
   * @param {import("./tree-model.js").TreeNode} node
   * @param {{x: number, y: number, r: number}} spot
   * @param {{width: number, height: number}} box what it has to stay inside of
   */
  show(node, spot, box) {
    const facts = [
      node.value === null ? t("step.notScored") : t("step.value", { value: decimal(node.value) }),
      t("step.visits", { count: node.visits }),
      ratingOf(node.label)?.name.toLowerCase(),
      node.flagged && t("step.flagged"),
      byPerson(node) && t("step.byPerson"),
      node.pruned && t("step.pruned"),
      node.corrects !== null && t("step.corrects", { node: node.corrects }),
    ].filter(Boolean);
    fill(this.element,
      h("div.tw-tooltip-head", {}, h("b", {}, `#${node.id}`), ` ${words(node.action)}`),
      h("div.tw-tooltip-facts", {}, facts.join(" · ")),
      h("div", {}, oneLine(node.text, 180)));
    this.#place(node.id, spot, box);
  }

  /** @param {import("./visible.js").Fold} fold what is left out below a step */
  showFold(fold, spot, box) {
    const { parent, count, best } = fold;
    fill(this.element,
      h("div.tw-tooltip-head", {}, pieces("fold.head", { added: h("b", {}, `+${whole(count)}`), parent })),
      h("div.tw-tooltip-facts", {}, best === null ? t("fold.noneScored") : t("fold.best", { value: decimal(best) })),
      h("div", {}, t("fold.more")));
    this.#place(foldMark(parent), spot, box);
  }

  #place(mark, spot, box) {
    const { style } = this.element;
    style.left = `${Math.max(4, Math.min(box.width - WIDTH - 4, spot.x - WIDTH / 2))}px`;
    const below = spot.y < box.height * 0.6;
    style.top = below ? `${spot.y + spot.r + 10}px` : "auto";
    style.bottom = below ? "auto" : `${box.height - spot.y + spot.r + 10}px`;
    this.element.hidden = false;
    this.node = mark;
    this.spot = spot;
  }

  /** The drawing changed: a card must not stay where its mark no longer is. */
  follow(spot) {
    const { x, y } = this.spot ?? {};
    if (this.node !== null && (!spot || Math.hypot(spot.x - x, spot.y - y) > 3)) this.hide();
  }

  hide() {
    this.element.hidden = true;
    this.node = null;
  }
}

/**
 * The value of each step along the path that is read, and along the best path beside it: where a line of thought
 * turned bad, or was rescued. A point leads to its step.
 */

import { valueColor } from "./colors.js";
import { fill, h, svg } from "./dom.js";
import { decimal, words } from "./format.js";
import { t } from "./words.js";

const HEIGHT = 74;
const [LEFT, RIGHT, TOP, BOTTOM] = [20, 12, 8, 10];
const MARGIN = 12;
const USUAL_WIDTH = 340;
const RADIUS = 4.5;

export class PathChart {
  /** @param {(id: number) => void} select */
  constructor(select) {
    this.select = select;
    this.drawing = h("div");
    this.title = h("figcaption.tw-chips-title");
    this.element = h("figure.tw-values", { hidden: true }, this.title, this.drawing);
  }

  /** @param {import("./tree-model.js").TreeModel} model @param {number[]} path ids @param {number|null} selected */
  show(model, path, selected) {
    const best = selected === null ? [] : model.bestPath();
    const lines = [best, path].map((ids) => ids.map((id) => model.nodes[id]));
    const look = JSON.stringify([selected, lines.map((nodes) => nodes.map(({ id, value }) => [id, value]))]);
    const room = this.element.parentElement?.clientWidth ?? 0;
    const width = room > 2 * MARGIN ? room - 2 * MARGIN : USUAL_WIDTH;
    if (look + width === this.look) return;
    this.look = look + width;
    this.element.hidden = path.length < 3;
    fill(this.title, t("chart.title"), best.length > 0 && h("span.tw-values-best", {}, ` · ${t("legend.best")}`), this.#weakest(lines[1]));
    fill(this.drawing, this.#draw(lines, Math.max(best.length, path.length), width, selected));
  }

  /** Which step of the path is valued least: where to look first for what is wrong with it. */
  #weakest(nodes) {
    const least = nodes.filter((node) => node.parent !== null && scored(node)).reduce((one, other) => (other.value < (one?.value ?? Infinity) ? other : one), null);
    if (!least) return false;
    const text = t("chart.lowest", { node: least.id, value: decimal(least.value) });
    return [" · ", h("button.tw-link.tw-values-lowest", { type: "button", onclick: () => this.select(least.id) }, text)];
  }

  #draw([best, own], length, width, selected) {
    const x = ({ depth }) => LEFT + ((width - LEFT - RIGHT) * depth) / Math.max(1, length - 1);
    const y = (value) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value);
    const label = own.filter((node) => node.value !== null).map((node) => `#${node.id} ${decimal(node.value)}`).join(", ");
    return svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, role: "img", "aria-label": t("chart.label", { values: label }) },
      [0, 0.5, 1].map((value) => [
        svg("line", { class: "tw-values-grid", x1: LEFT, x2: width - RIGHT, y1: y(value), y2: y(value) }),
        value === 0.5 ? null : svg("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, String(value)),
      ]),
      svg("path", { class: "tw-values-best-line", d: line(best, x, y) }),
      svg("path", { class: "tw-values-line", d: line(own, x, y) }),
      own.filter(scored).map((node) => this.#point(node, x(node), y(node.value), node.id === selected)));
  }

  #point(node, cx, cy, selected) {
    return svg("circle", {
      class: selected ? "tw-values-selected" : null, "data-id": node.id, cx, cy, r: selected ? RADIUS + 1 : RADIUS,
      fill: valueColor(node.value), onclick: () => this.select(node.id),
    }, svg("title", {}, `#${node.id} ${words(node.action)}: ${decimal(node.value)}`));
  }
}

const scored = (node) => typeof node.value === "number";

/** Broken where a step has no score. */
function line(nodes, x, y) {
  return nodes.map((node, k) => scored(node) && `${k && scored(nodes[k - 1]) ? "L" : "M"}${x(node).toFixed(1)} ${y(node.value).toFixed(1)}`).filter(Boolean).join("");
}

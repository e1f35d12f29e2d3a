/**
 * The value of each step along the path that is read, and along the best path beside it, and what the verifiers say of
 * each: where a line of thought turned bad, or was rescued. A point leads to its step.
 */

import { valueColor } from "./colors.js";
import { fill, h, svg } from "./dom.js";
import { decimal, words } from "./format.js";
import { scoreOf } from "./scores.js";
import { t } from "./words.js";

const HEIGHT = 74;
const [LEFT, RIGHT, TOP, BOTTOM] = [20, 12, 8, 10];
const MARGIN = 12;
const USUAL_WIDTH = 340;
const RADIUS = 4.5;
/** Half the width of the dash that is a step's score. */
const DASH = 6;

export class PathChart {
  /** @param {(id: number) => void} select */
  constructor(select) {
    this.select = select;
    this.drawing = h("div");
    this.marked = h("span");
    this.element = h("figure.tw-values", { hidden: true }, h("figcaption.tw-chips-title", {}, caption(), this.marked), this.drawing);
  }

  /** @param {import("./tree-model.js").TreeModel} model @param {number[]} path ids @param {number|null} selected */
  show(model, path, selected) {
    const best = selected === null ? [] : model.bestPath();
    const lines = [best, path].map((ids) => ids.map((id) => model.nodes[id]));
    const look = JSON.stringify([selected, lines.map((nodes) => nodes.map((node) => [node.id, node.value, scoreOf(node)]))]);
    const room = this.element.parentElement?.clientWidth ?? 0;
    const width = room > 2 * MARGIN ? room - 2 * MARGIN : USUAL_WIDTH;
    if (look + width === this.look) return;
    this.look = look + width;
    this.element.hidden = path.length < 3;
    fill(this.marked, best.length > 0 && h("span.tw-values-best", {}, `${t("legend.best")} · `), this.#weakest(lines[1]));
    fill(this.drawing, this.#draw(lines, Math.max(best.length, path.length), width, selected));
  }

  /** Which step of the path the verifiers trust least: where to look first for what is wrong with it. */
  #weakest(nodes) {
    const steps = nodes.filter((node) => scoreOf(node) !== null);
    if (!steps.length) return false;
    const least = steps.reduce((one, other) => (scoreOf(other) < scoreOf(one) ? other : one));
    const text = t("chart.weakest", { node: least.id, score: decimal(scoreOf(least)) });
    return h("button.tw-link.tw-values-lowest", { type: "button", onclick: () => this.select(least.id) }, text);
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
      own.filter((node) => scoreOf(node) !== null).map((node) => dash(x(node), y(scoreOf(node)))),
      own.filter(valued).map((node) => this.#point(node, x(node), y(node.value), node.id === selected)));
  }

  #point(node, cx, cy, selected) {
    return svg("circle", {
      class: selected ? "tw-values-selected" : null, "data-id": node.id, cx, cy, r: selected ? RADIUS + 1 : RADIUS,
      fill: valueColor(node.value), onclick: () => this.select(node.id),
    }, svg("title", {}, `#${node.id} ${words(node.action)}: ${decimal(node.value)}`));
  }
}

const valued = (node) => typeof node.value === "number";

const dash = (x, y) => svg("line", { class: "tw-values-score", x1: x - DASH, x2: x + DASH, y1: y, y2: y });

/** What is drawn, and behind a press what the two are: people take one for the other. */
function caption() {
  const value = h("span.tw-values-key", {}, h("i.tw-values-dot"), t("chart.value"));
  const score = h("span.tw-values-key", {}, h("i.tw-values-dash"), t("chart.score"));
  return h("details.tw-values-about", {}, h("summary", {}, `${t("chart.title")} `, value, score),
    h("p", {}, t("chart.aboutValue")), h("p", {}, t("chart.aboutScore")));
}

/** Broken where a step has no value. */
function line(nodes, x, y) {
  return nodes.map((node, k) => valued(node) && `${k && valued(nodes[k - 1]) ? "L" : "M"}${x(node).toFixed(1)} ${y(node.value).toFixed(1)}`).filter(Boolean).join("");
}

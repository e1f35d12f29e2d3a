/** What the marks of the overview mean. Drawn with the same shapes and colours as the marks. */

import { valueColor, valueGradient } from "./colors.js";
import { h, svg } from "./dom.js";
import { RATINGS, byPerson, ratingOf } from "./format.js";

const PATHS = {
  circle: "M8 2.5a5.5 5.5 0 1 0 .01 0z",
  "triangle-up": "M8 2 14 13H2z",
  square: "M3 3h10v10H3z",
  x: "M5 2 8 5l3-3 3 3-3 3 3 3-3 3-3-3-3 3-3-3 3-3-3-3z",
};

/**
 * A step's mark, as in the overview: shape = label, fill = value, hollow = not scored, thick = by a person.
 * @param {{value: number|null, label: number|null, origin?: string, parent?: number|null}} node
 */
export function mark(node) {
  const shape = PATHS[ratingOf(node.label)?.shape ?? "circle"];
  const scored = typeof node.value === "number";
  const looks = ["tw-mark", !scored && "tw-hollow", byPerson(node) && "tw-by-person"].filter(Boolean);
  return svg("svg", { class: looks.join(" "), viewBox: "0 0 16 16", "aria-hidden": "true" },
    svg("path", { d: shape, fill: scored ? valueColor(node.value) : "var(--tw-surface)" }));
}

const foldMarkIcon = () => svg("svg", { class: "tw-mark", viewBox: "0 0 16 16", "aria-hidden": "true" },
  svg("path", { d: "M2 4h12L8 13z", fill: valueColor(0.75) }));

const entry = (title, ...content) => h("span.tw-legend-entry", { title }, ...content);
const ofTheTree = (title, ...content) => h("span.tw-legend-entry.tw-not-in-icicle", { title }, ...content);

/** @returns {HTMLElement} */
export function legend() {
  const bar = h("i.tw-scale", { style: { background: valueGradient() } });
  const labels = [...RATINGS].reverse().map(({ rating, name }) =>
    entry(`A person labelled the step ${name.toLowerCase()}`, mark({ value: 0.75, label: rating }), name.toLowerCase()));
  return h("div.tw-legend", { "aria-label": "Legend" },
    entry("Mean of the reward model's scores on and below the step", "value 0", bar, "1"),
    entry("No score could be had", mark({ value: null, label: null }), "not scored"),
    ofTheTree("The larger, the more often the search went through", h("i.tw-sizes", {}, h("i"), h("i"), h("i")), "visits"),
    ofTheTree("Steps that are not drawn, in the colour of the best of them; click to draw more", foldMarkIcon(), "folded"),
    ...labels,
    ofTheTree("The dashed step was revised by the step at the other end", h("i.tw-line.tw-line-correction"), "correction"),
    entry("Leads to the answer; before there is one, the way most often taken", h("i.tw-line.tw-line-best"), "best path"),
    entry("A person wrote the step", mark({ value: 0.75, label: null, origin: "person", parent: 0 }), "by a person"),
    entry("Out of the search, with all that is below it", h("span.tw-pruned-mark", {}, mark({ value: 0.75, label: null })), "pruned"),
    entry("A model is working here now", h("i.tw-line-busy"), "thinking"),
    entry("Came or changed in the last 10 seconds", h("i.tw-line-new"), "new"));
}

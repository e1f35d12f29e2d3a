/** The name above the form, with a tree for a sign, and the way to what was searched before. */

import { h, svg } from "./dom.js";
import { t } from "./words.js";

/** @param {HTMLElement} way */
export function brand(way) {
  const dot = (x, y, r) => svg("circle", { cx: x, cy: y, r });
  const sign = svg("svg", { class: "tw-logo", viewBox: "0 0 32 32", "aria-hidden": "true" },
    svg("path", { d: "M16 7 8 17M16 7l8 10M8 17l-4 9M8 17l5 9" }),
    dot(16, 6, 4.2), dot(8, 17, 3.4), dot(24, 17, 3.4), dot(4.5, 26, 2.8), dot(13, 26, 2.8));
  return h("div.tw-brand", {}, sign, h("div", {}, h("b", {}, "Treewright"), h("span", {}, t("brand.motto"))), way);
}

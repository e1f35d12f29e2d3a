/** What the marks of the overview mean. Drawn with the same shapes and colours as the marks. */

import { valueColor, valueGradient } from "./colors.js";
import { h, svg } from "./dom.js";
import { RATINGS, byPerson, ratingOf } from "./format.js";
import { t } from "./words.js";

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

/** The mark of a step that a person wants to look at again. It stands beside the step's own, which judges. */
export function flagMark() {
  return svg("svg", { class: "tw-mark tw-flag-mark", viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { d: "M4 14.5V2l9 3.5L4 9" }));
}

const foldMarkIcon = () => svg("svg", { class: "tw-mark", viewBox: "0 0 16 16", "aria-hidden": "true" },
  svg("path", { d: "M2 4h12L8 13z", fill: valueColor(0.75) }));

const entry = (title, ...content) => h("span.tw-legend-entry", { title }, ...content);
const ofTheTree = (title, ...content) => h("span.tw-legend-entry.tw-not-in-icicle", { title }, ...content);

/**
 * @param {(() => void)|null} switchCorrections where the corrections can be left out: by a press on their entry
 * @returns {HTMLElement}
 */
export function legend(switchCorrections = null) {
  const bar = h("i.tw-scale", { style: { background: valueGradient() } });
  const labels = [...RATINGS].reverse().map(({ rating, name }) =>
    entry(t("legend.labelled", { label: name.toLowerCase() }), mark({ value: 0.75, label: rating }), name.toLowerCase()));
  return h("div.tw-legend", { "aria-label": t("legend.title") },
    entry(t("legend.valueTitle"), t("legend.value"), bar, "1"),
    entry(t("legend.unscoredTitle"), mark({ value: null, label: null }), t("step.notScored")),
    ofTheTree(t("legend.visitsTitle"), h("i.tw-sizes", {}, h("i"), h("i"), h("i")), t("legend.visits")),
    ofTheTree(t("legend.foldedTitle"), foldMarkIcon(), t("legend.folded")),
    ...labels,
    switchCorrections
      ? h("button.tw-legend-entry.tw-not-in-icicle.tw-corrections", { type: "button", title: `${t("legend.correctionTitle")} ${t("legend.correctionSwitch")}`, onclick: switchCorrections },
        h("i.tw-line.tw-line-correction"), t("legend.correction"))
      : ofTheTree(t("legend.correctionTitle"), h("i.tw-line.tw-line-correction"), t("legend.correction")),
    entry(t("legend.bestTitle"), h("i.tw-line.tw-line-best"), t("legend.best")),
    entry(t("legend.personTitle"), mark({ value: 0.75, label: null, origin: "person", parent: 0 }), t("step.byPerson")),
    entry(t("legend.flaggedTitle"), flagMark(), t("step.flagged")),
    entry(t("legend.prunedTitle"), h("span.tw-pruned-mark", {}, mark({ value: 0.75, label: null })), t("step.pruned")),
    entry(t("legend.thinkingTitle"), h("i.tw-line-busy"), t("legend.thinking")),
    entry(t("legend.newTitle"), h("i.tw-line-new"), t("legend.new")));
}

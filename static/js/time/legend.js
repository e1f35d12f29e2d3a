/** What the marks above the slider of the time bar mean: a small button, and the list that opens at it. */

import { fill, h } from "../dom.js";
import { RATINGS } from "../format.js";
import { withKeys } from "../keys.js";
import { listed, t } from "../words.js";
import { momentMark } from "./words.js";

const GAP = 6;
const EDGE = 8;
const ID = "tw-time-legend";

/** By their look, as in `TimeBar.#look`. @type {[string, string][]} */
const LOOKS = [
  ...[[true, t("marks.right")], [false, t("marks.wrong")], [null, t("marks.unknown")]].map(([correct, text]) => [`answer ${correct}`, text]),
  ["correction", t("marks.correction")],
  ...[...RATINGS].reverse().map(({ rating, name }) => [`label ${rating}`, t("legend.labelled", { label: name.toLowerCase() })]),
  ["flag", t("legend.flaggedTitle")],
];

export class MarkLegend {
  /** @param {HTMLElement} marks the marks, which are told in words as well */
  constructor(marks) {
    this.marks = marks;
    // Its name is said when the button is reached; "expanded" is the browser's to say.
    this.button = h("button.tw-drawn.tw-mark-legend-button", {
      type: "button", popovertarget: ID, title: t("marks.title"), "aria-label": t("marks.title"), hidden: true, onkeydown: (event) => this.#key(event),
    }, `${t("marks.button")} ▴`);
    this.list = h("div.tw-mark-legend", { id: ID, popover: "auto", role: "group", "aria-label": t("marks.title"), ontoggle: () => this.#place() });
  }

  /** @param {Map<string, number>} counts how many marks there are of each look */
  show(counts) {
    const key = [...counts].join();
    if (this.shown === key) return;
    this.shown = key;
    this.button.hidden = counts.size === 0;
    const told = LOOKS.filter(([look]) => counts.has(look)).map(([look, text]) => t("marks.count", { text, n: counts.get(look) }));
    this.marks.setAttribute("role", "img");
    this.marks.setAttribute("aria-label", t("marks.all", { marks: listed(told) }));
    fill(this.list, h("ul", {}, LOOKS.map(([look, text]) => h("li", {}, h("span.tw-mark-legend-mark", {}, momentMark(look.split(" ")[0], look)),
      text, h("span.tw-dim", {}, counts.get(look) ?? "")))), h("p.tw-dim", {}, withKeys(t("marks.how"))));
  }

  #place() {
    const { button, list } = this;
    if (!list.matches(":popover-open")) return;
    const at = button.getBoundingClientRect();
    list.style.left = `${Math.max(EDGE, Math.min(at.left, innerWidth - list.offsetWidth - EDGE))}px`;
    list.style.bottom = `${innerHeight - at.top + GAP}px`;
  }

  /** Escape closes the list, and leaves the selected step as it is. */
  #key(event) {
    if (event.key !== "Escape" || !this.list.matches(":popover-open")) return;
    event.preventDefault();
    this.list.hidePopover();
  }
}

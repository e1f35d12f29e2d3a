/** The small control that says which steps the overview draws: how many, how often visited, of what value. */

import { h, setText } from "./dom.js";
import { MOST_DRAWN } from "./look.js";

const FIELDS = [
  { name: "most", label: "How many at most", min: 10, max: MOST_DRAWN, step: 10, none: "what fits" },
  { name: "visits", label: "Visited at least", min: 0, max: 1e9, step: 1, none: "any" },
  { name: "value", label: "Value at least", min: 0, max: 1, step: 0.05, none: "any" },
];

export class Thresholds {
  /** @param {import("./look.js").Look} look @param {() => void} changed */
  constructor(look, changed) {
    this.look = look;
    this.inputs = new Map();
    this.text = h("span");
    this.button = h("button.tw-drawn", {
      type: "button", title: "Which steps are drawn", "aria-expanded": "false", onclick: () => this.#open(this.panel.hidden),
    }, this.text, h("span", { "aria-hidden": "true" }, " ▾"));
    this.panel = h("div.tw-thresholds", { role: "group", "aria-label": "Which steps are drawn", hidden: true },
      FIELDS.map((field) => this.#field(field, changed)),
      h("p.tw-dim", {}, "What is left out is folded into a mark at its parent. The best path, and what people judged, wrote or pruned, is always drawn."),
      h("button.tw-button", { type: "button", onclick: () => { look.everything(); changed(); } }, "As at first"));
    this.panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.#open(false);
      this.button.focus();
    });
    document.addEventListener("pointerdown", (event) => {
      if (!this.panel.hidden && !this.panel.contains(event.target) && !this.button.contains(event.target)) this.#open(false);
    });
  }

  /** @param {string} text what is drawn now */
  say(text) {
    setText(this.text, text);
    this.button.hidden = !text;
  }

  show() {
    if (this.look.picture === "icicle") this.#open(false);
    this.button.disabled = this.look.picture === "icicle";
    this.button.classList.toggle("tw-limited", this.look.limited);
    for (const [name, input] of this.inputs) {
      const value = this.look.thresholds[name];
      input.value = value === null || (name === "visits" && value === 0) ? "" : String(value);
    }
  }

  #field({ name, label, none, ...range }, changed) {
    const input = h("input", {
      type: "number", ...range, placeholder: none,
      onchange: () => {
        this.look.limit(name, input.value);
        changed();
      },
    });
    this.inputs.set(name, input);
    return h("label", {}, h("span", {}, label), input);
  }

  #open(open) {
    this.panel.hidden = !open;
    this.button.setAttribute("aria-expanded", String(open));
    if (open) this.inputs.get("most").focus();
  }
}

/** The small control that says which steps the overview draws: how many, how often visited, of what value. */

import { h, setText } from "./dom.js";
import { MOST_DRAWN } from "./look.js";
import { t } from "./words.js";

const FIELDS = [
  { name: "most", label: t("drawn.most"), min: 10, max: MOST_DRAWN, step: 10, none: t("drawn.whatFits") },
  { name: "visits", label: t("drawn.visits"), min: 0, max: 1e9, step: 1, none: t("drawn.any") },
  { name: "value", label: t("drawn.value"), min: 0, max: 1, step: 0.05, none: t("drawn.any") },
];

export class Thresholds {
  /** @param {import("./look.js").Look} look @param {() => void} changed */
  constructor(look, changed) {
    this.look = look;
    this.inputs = new Map();
    this.text = h("span");
    this.button = h("button.tw-drawn", {
      type: "button", title: t("drawn.title"), "aria-expanded": "false", onclick: () => this.#open(this.panel.hidden),
    }, this.text, h("span", { "aria-hidden": "true" }, " ▾"));
    this.panel = h("div.tw-thresholds", { role: "group", "aria-label": t("drawn.title"), hidden: true },
      FIELDS.map((field) => this.#field(field, changed)),
      h("p.tw-dim", {}, t("drawn.about")),
      h("button.tw-button", { type: "button", onclick: () => { look.everything(); changed(); } }, t("drawn.reset")));
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

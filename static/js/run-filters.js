/** What the list of runs is narrowed to: a search box, and choices behind a button. */

import { api } from "./api.js";
import { fill, h, setText } from "./dom.js";
import { coalesced } from "./schedule.js";

const TYPING_MS = 250;
const CHOICES = {
  status: ["Status", [["queued", "Queued"], ["running", "Searching"], ["paused", "Paused"], ["finished", "Finished"], ["stopped", "Stopped"], ["failed", "Failed"]]],
  outcome: ["Answer", [["right", "Right"], ["wrong", "Wrong"], ["unknown", "Cannot tell"], ["none", "No answer"]]],
  labelled: ["Labels", [["true", "Labelled"], ["false", "Not labelled"]]],
};
const ORDERS = [["newest", "Newest first"], ["oldest", "Oldest first"], ["tokens", "Most tokens"], ["nodes", "Most nodes"]];

export class RunFilters {
  /** @param {{changed: () => void, strategies: () => Promise<{name: string, title: string}[]>}} actions */
  constructor({ changed, strategies }) {
    this.strategies = strategies;
    this.changed = changed;
    this.typed = coalesced(() => this.#chosen(), TYPING_MS);
    this.query = h("input.tw-find", {
      type: "search", maxlength: 1000, placeholder: "Find a problem or answer", "aria-label": "Find in problems and answers",
      oninput: () => this.typed(),
    });
    this.selects = new Map([["strategy", ["Strategy", []]], ...Object.entries(CHOICES), ["tag", ["Tag", []]]].map(([name, [title, choices]]) => {
      const select = h("select", { "aria-label": title, onchange: () => this.#chosen() });
      fill(select, options(title, choices));
      return [name, select];
    }));
    this.sort = h("select", { "aria-label": "Order", onchange: () => this.#chosen() }, ORDERS.map(([value, title]) => h("option", { value }, title)));
    this.clear = h("button.tw-link.tw-clear-filters", { type: "button", onclick: () => this.set({}) }, "Clear");
    this.panel = h("div.tw-filters", { hidden: true });
    this.toggle = h("button.tw-filter-button", { type: "button", "aria-expanded": "false", onclick: () => this.#toggle() }, "Filter");
    this.element = h("div.tw-find-box", {}, h("div.tw-find-row", {}, this.query, this.toggle), this.panel);
    this.#show();
  }

  /** Parameters of GET /api/runs; without what is not chosen. */
  get values() {
    const chosen = [...this.selects].map(([name, select]) => [name, select.value]);
    const all = [["query", this.query.value.trim()], ...chosen, ["sort", this.sort.value === "newest" ? "" : this.sort.value]];
    return Object.fromEntries(all.filter(([, value]) => value));
  }

  /** Chooses these, and nothing else. @param {Object<string, string>} values */
  set(values) {
    this.query.value = values.query ?? "";
    this.sort.value = values.sort ?? "newest";
    for (const [name, select] of this.selects) {
      const value = values[name] ?? "";
      if (![...select.options].some((option) => option.value === value)) select.append(h("option", { value }, value));
      select.value = value;
    }
    this.#chosen();
  }

  #chosen() {
    this.#show();
    this.changed();
  }

  #show() {
    const count = Object.keys(this.values).filter((name) => name !== "query").length;
    setText(this.toggle, count ? `Filter · ${count}` : "Filter");
    this.toggle.classList.toggle("tw-on", count > 0);
    this.clear.hidden = Object.keys(this.values).length === 0;
  }

  async #toggle() {
    this.panel.hidden = !this.panel.hidden;
    this.toggle.setAttribute("aria-expanded", String(!this.panel.hidden));
    fill(this.panel, this.panel.hidden ? [] : [...this.selects.values(), this.sort, this.clear]);
    if (this.panel.hidden) return;
    const none = { items: [] };
    const [strategies, tags] = await Promise.all([this.strategies(), api.tags().catch(() => none)]);
    this.#offer("strategy", "Strategy", strategies.map(({ name, title }) => [name, title]));
    this.#offer("tag", "Tag", tags.items.map(({ tag, runs }) => [tag, `${tag} (${runs})`]));
  }

  #offer(name, title, choices) {
    const select = this.selects.get(name);
    const { value } = select;
    fill(select, options(title, choices));
    if (value && !choices.some(([one]) => one === value)) select.append(h("option", { value }, value));
    select.value = value;
  }
}

const options = (title, choices) => [["", `${title}: any`], ...choices].map(([value, text]) => h("option", { value }, text));

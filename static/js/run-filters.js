/** What the list of runs is narrowed to: a search box, and choices behind a button. */

import { api } from "./api.js";
import { fill, h, setText } from "./dom.js";
import { STATUS } from "./run-facts.js";
import { coalesced } from "./schedule.js";
import { said, t } from "./words.js";

const TYPING_MS = 250;
/** Chosen as a status, though a deleted run keeps the one it had. */
const DELETED = "deleted";
const CHOICES = {
  status: [t("filters.status"), [...Object.entries(STATUS), [DELETED, t("status.deleted")]]],
  outcome: [t("filters.answer"), [["right", t("filters.right")], ["wrong", t("filters.wrong")], ["unknown", t("filters.unknown")], ["none", t("filters.none")]]],
  labelled: [t("filters.labels"), [["true", t("filter.labelled")], ["false", t("filters.notLabelled")]]],
};
const ORDERS = [["newest", t("filters.newest")], ["oldest", t("filters.oldest")], ["tokens", t("filters.tokens")], ["nodes", t("filters.nodes")], ["least_sure", t("filters.leastSure")]];

export class RunFilters {
  /** @param {{changed: () => void, strategies: () => Promise<{name: string, title: string}[]>}} actions */
  constructor({ changed, strategies }) {
    this.strategies = strategies;
    this.changed = changed;
    this.typed = coalesced(() => this.#chosen(), TYPING_MS);
    this.query = h("input.tw-find", {
      type: "search", maxlength: 1000, placeholder: t("filters.placeholder"), "aria-label": t("filters.label"),
      oninput: () => this.typed(),
    });
    this.selects = new Map([["strategy", [t("form.strategy"), []]], ...Object.entries(CHOICES), ["tag", [t("filters.tag"), []]]].map(([name, [title, choices]]) => {
      const select = h("select", { "aria-label": title, onchange: () => this.#chosen() });
      fill(select, options(title, choices));
      return [name, select];
    }));
    this.sort = h("select", { "aria-label": t("filters.order"), onchange: () => this.#chosen() }, ORDERS.map(([value, title]) => h("option", { value }, title)));
    this.clear = h("button.tw-link.tw-clear-filters", { type: "button", onclick: () => this.set({}) }, t("rating.clear"));
    this.panel = h("div.tw-filters", { hidden: true });
    this.toggle = h("button.tw-filter-button", { type: "button", "aria-expanded": "false", onclick: () => this.#toggle() }, t("filters.button"));
    this.element = h("div.tw-find-box", {}, h("div.tw-find-row", {}, this.query, this.toggle), this.panel);
    this.#show();
  }

  /** Parameters of GET /api/runs; without what is not chosen. */
  get values() {
    const chosen = [...this.selects].map(([name, select]) => [name, select.value]);
    const all = [["query", this.query.value.trim()], ...chosen, ["sort", this.sort.value === "newest" ? "" : this.sort.value]];
    const values = Object.fromEntries(all.filter(([, value]) => value));
    const { status, ...others } = values;
    return status === DELETED ? { ...others, deleted: "true" } : values;
  }

  /** Chooses these, and nothing else. @param {Object<string, string>} values */
  set(values) {
    this.query.value = values.query ?? "";
    this.sort.value = values.sort ?? "newest";
    for (const [name, select] of this.selects) {
      const value = (name === "status" && values.deleted ? DELETED : values[name]) ?? "";
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
    setText(this.toggle, count ? `${t("filters.button")} · ${count}` : t("filters.button"));
    this.toggle.classList.toggle("tw-on", count > 0);
    this.clear.hidden = Object.keys(this.values).length === 0;
  }

  async #toggle() {
    this.panel.hidden = !this.panel.hidden;
    this.toggle.setAttribute("aria-expanded", String(!this.panel.hidden));
    fill(this.panel, this.panel.hidden ? [] : [...this.selects.values(), this.sort, this.clear]);
    if (this.panel.hidden) return;
    // The choices need room: what they narrow down should stay in sight.
    this.element.scrollIntoView({ block: "start" });
    const none = { items: [] };
    const [strategies, tags] = await Promise.all([this.strategies(), api.tags().catch(() => none)]);
    this.#offer("strategy", t("form.strategy"), strategies.map(({ name, title }) => [name, said(title)]));
    this.#offer("tag", t("filters.tag"), tags.items.map(({ tag, runs }) => [tag, `${tag} (${runs})`]));
  }

  #offer(name, title, choices) {
    const select = this.selects.get(name);
    const { value } = select;
    fill(select, options(title, choices));
    if (value && !choices.some(([one]) => one === value)) select.append(h("option", { value }, value));
    select.value = value;
  }
}

const options = (title, choices) => [["", t("filters.any", { title })], ...choices].map(([value, text]) => h("option", { value }, text));

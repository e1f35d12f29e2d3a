/** The library: all runs in pages, found by what was asked and how it went, and a way back to each. */

import { api } from "./api.js";
import { h, keyed, setText } from "./dom.js";
import { aboutRun, oneLine, whole } from "./format.js";
import { whyUngraded } from "./grades.js";
import { isTyping } from "./keys.js";
import { openMenu } from "./menu.js";
import { RunFilters } from "./run-filters.js";
import { coalesced } from "./schedule.js";
import { t } from "./words.js";

const PAGE = 30;
/** The API lists no more at once. */
const MOST = 200;
const WATCH_MS = 2000;
/** Letters of a problem in a row, and where two rows are to be told apart. */
const [SHORT, LONG] = [90, 240];

export class RunList {
  /**
   * @param {import("./session.js").Session} session
   * @param {{open: (run: string) => void, compare: (pair: string[]) => void, strategyTitle: (name: string) => string,
   *   strategies: () => Promise<any[]>, menu: (run: any) => any[]}} actions
   */
  constructor(session, actions) {
    this.session = session;
    this.actions = actions;
    this.runs = [];
    this.cursor = null;
    this.anyDeleted = false;
    this.asked = 0;
    /** @type {string[]|null} the runs picked to be compared; null: a click opens a run */
    this.picked = null;
    this.refresh = coalesced(() => this.#load(), 1000);
    this.filters = new RunFilters({ changed: () => this.#load(PAGE), strategies: actions.strategies });
    /** Buttons elsewhere that lead here. @type {HTMLElement[]} */
    this.ways = [];
    this.#build();
    session.on("run", () => this.#merge(session.record));
    session.on("open", () => this.#show());
    document.addEventListener("visibilitychange", () => document.hidden || this.refresh());
    // Before the page's own keys: Escape leaves what was begun last.
    document.addEventListener("keydown", (event) => this.#key(event), true);
  }

  /** Shows the runs with this tag only: those of a batch, say. */
  showTag(tag) {
    this.filters.set({ tag });
  }

  /** A button that leads here and says how many there are. @param {() => void} act shows the list, and focuses it */
  way(kind, act) {
    const way = h(`button.${kind}.tw-to-runs`, { type: "button", hidden: true, onclick: act }, h("span", { "aria-hidden": "true" }, "☰"), h("span.tw-to-runs-text"));
    this.ways.push(way);
    return way;
  }

  /** The keyboard goes on here, and the first of the list is in sight. */
  focus() {
    this.element.scrollIntoView({ block: "start" });
    this.element.focus({ preventScroll: true });
  }

  #showWays(narrowed) {
    // What a filter leaves says nothing about how many there are.
    if (narrowed) return;
    const name = t("runs.ways", { n: `${whole(this.runs.length)}${this.cursor === null ? "" : "+"}` });
    for (const way of this.ways) {
      way.hidden = this.runs.length === 0;
      way.title = name;
      setText(way.lastChild, name);
    }
  }

  #build() {
    this.pick = h("button.tw-pick-two", { type: "button", onclick: () => this.#pickTwo() }, t("runs.compare"));
    this.count = h("span", { role: "status" });
    this.picking = h("div.tw-picking", { hidden: true }, this.count,
      h("button.tw-cancel-pick", { type: "button", title: t("runs.cancelTitle"), onclick: () => this.#cancel() }, t("runs.cancel")));
    this.list = h("div.tw-run-list", { role: "list" });
    this.empty = h("p.tw-dim.tw-no-runs");
    this.more = h("button.tw-more-runs", { type: "button", onclick: () => this.#loadMore() }, t("runs.more"));
    this.bar = h("progress");
    this.done = h("span");
    this.progress = h("div.tw-progress", { role: "status", hidden: true }, this.done, this.bar);
    this.element = h("section.tw-runs", { tabindex: -1, "aria-label": t("runs.title") },
      h("header", {}, h("h2", {}, t("runs.title")), this.pick), this.filters.element, this.progress, this.picking, this.empty, this.list, this.more);
  }

  async #load(limit = Math.min(MOST, Math.max(PAGE, this.runs.length))) {
    const asked = (this.asked += 1);
    const { values } = this.filters;
    try {
      const { items, cursor } = await api.runs({ limit, ...values });
      // Where all were deleted, there has to be a way to find them.
      const deleted = items.length || Object.keys(values).length ? { items: [] } : await api.runs({ limit: 1, deleted: "true" });
      // An answer that was overtaken by a later question is out of date.
      if (asked !== this.asked) return;
      [this.runs, this.cursor, this.anyDeleted] = [items, cursor, deleted.items.length > 0];
    } catch {
      return; // The list is a convenience: whatever is wrong shows where something was asked for.
    }
    this.#show();
    this.#follow(values.tag);
  }

  async #loadMore() {
    const asked = (this.asked += 1);
    const { items, cursor } = await api.runs({ limit: PAGE, ...this.filters.values, cursor: this.cursor }).catch(() => ({}));
    if (!items || asked !== this.asked) return;
    const known = new Set(this.runs.map((run) => run.id));
    this.runs = [...this.runs, ...items.filter((run) => !known.has(run.id))];
    this.cursor = cursor;
    this.#show();
  }

  /** How far the runs with the chosen tag are; looks again while some are searching. */
  async #follow(tag) {
    const { items } = tag ? await api.tags().catch(() => ({ items: [] })) : { items: [] };
    const count = items.find((one) => one.tag === tag);
    if (tag !== this.filters.values.tag) return;
    this.progress.hidden = !count || count.runs < 2;
    if (!count) return;
    const done = count.runs - count.active;
    setText(this.done, count.active ? t("runs.done", { tag, done, all: count.runs }) : t("runs.ofTag", { tag, count: count.runs }));
    [this.bar.max, this.bar.value, this.bar.hidden] = [count.runs, done, !count.active];
    clearTimeout(this.watching);
    if (count.active) this.watching = setTimeout(() => document.hidden || this.#load(), WATCH_MS);
  }

  /** The open run changes all the time; the list need not be fetched again for that. */
  #merge(run) {
    const at = this.runs.findIndex((one) => one.id === run?.id);
    if (at >= 0) this.runs[at] = run;
    else if (run && Object.keys(this.filters.values).length) this.refresh();
    else if (run && !(run.created_at < this.runs[0]?.created_at)) this.runs = [run, ...this.runs];
    this.#show();
  }

  #pickTwo() {
    this.picked = [];
    this.#show();
    this.list.querySelector(".tw-run")?.focus({ preventScroll: true });
    this.element.scrollIntoView({ block: "start" });
  }

  #cancel() {
    this.picked = null;
    this.#show();
    this.pick.focus();
  }

  #key(event) {
    if (event.key !== "Escape" || this.picked === null) return;
    if (isTyping(event) && !this.element.contains(event.target)) return;
    event.preventDefault();
    event.stopPropagation();
    this.#cancel();
  }

  /** Whether those are listed that were deleted: they can be restored, and nothing else. */
  get #deleted() {
    return "deleted" in this.filters.values;
  }

  #clicked(id, row) {
    const { picked } = this;
    if (this.#deleted) {
      row.querySelector(".tw-run-more").click();
      return;
    }
    if (picked === null) {
      this.actions.open(id);
      return;
    }
    const pair = picked.includes(id) ? [] : [...picked, id];
    const complete = pair.length === 2;
    this.picked = complete ? null : pair;
    this.#show();
    if (complete) this.actions.compare(pair);
  }

  #show() {
    const narrowed = Object.keys(this.filters.values).length > 0;
    this.#showWays(narrowed);
    this.filters.element.hidden = !this.runs.length && !narrowed && !this.anyDeleted;
    if (this.#deleted) this.picked = null;
    const picking = this.picked !== null;
    this.pick.hidden = picking || this.runs.length < 2 || this.#deleted;
    this.picking.hidden = !picking;
    this.list.classList.toggle("tw-choosing", picking);
    setText(this.count, picking ? t("runs.pickTwo", { count: this.picked.length }) : "");
    this.empty.hidden = this.runs.length > 0;
    setText(this.empty, narrowed ? t("runs.noneLikeThat") : t("runs.none"));
    this.more.hidden = this.cursor === null;
    keyed(this.list, this.runs, {
      key: (run) => run.id, make: (run) => this.#row(run), update: (row, run) => this.#update(row, run),
    });
  }

  #row({ id, problem }) {
    const more = h("button.tw-run-more", {
      type: "button", "aria-label": t("runs.menu"), "aria-haspopup": "menu",
      onclick: () => this.#openMenu(more, this.runs.find((one) => one.id === id)),
    }, "⋯");
    return h("div.tw-run-row", { role: "listitem" },
      h("button.tw-run", { type: "button", title: problem, onclick: ({ currentTarget }) => this.#clicked(id, currentTarget.parentElement) },
        h("i.tw-dot"), h("span.tw-run-text"), h("span.tw-run-about")), more);
  }

  /** Above what can be done with a run: why its answer is not graded, which its row has no room to say. */
  #openMenu(button, run) {
    openMenu(button, this.actions.menu(run, this.#deleted), whyUngraded(run));
  }

  #update(row, run) {
    const element = row.firstChild;
    const tags = run.tags.map((tag) => `#${tag}`);
    element.firstChild.dataset.state = run.status;
    const picking = this.picked !== null;
    setText(element.querySelector(".tw-run-text"), oneLine(run.problem, picking ? LONG : SHORT));
    setText(element.lastChild, [aboutRun(run, this.actions.strategyTitle(run.strategy), picking), ...tags].join(" · "));
    element.lastChild.title = whyUngraded(run);
    element.role = picking ? "checkbox" : null;
    element.ariaChecked = picking ? String(this.picked.includes(run.id)) : null;
    element.setAttribute("aria-current", String(run.id === this.session.run?.id));
  }
}

/** The list of recent runs: what was asked, how it went, and a way back to it. */

import { api } from "./api.js";
import { h, keyed, setText } from "./dom.js";
import { aboutRun, oneLine } from "./format.js";
import { coalesced } from "./schedule.js";

const HOW_MANY = 30;

export class RunList {
  /**
   * @param {import("./session.js").Session} session
   * @param {{open: (run: string) => void, compare: (pair: string[]) => void, strategyTitle: (name: string) => string}} actions
   */
  constructor(session, actions) {
    this.session = session;
    this.actions = actions;
    this.runs = [];
    /** @type {string[]|null} the runs picked to be compared; null: a click opens a run */
    this.picked = null;
    this.pick = h("button.tw-link.tw-pick-two", { type: "button", onclick: () => this.#picking(this.picked === null) });
    this.list = h("div.tw-run-list", { role: "list" });
    this.empty = h("p.tw-dim", {}, "Searches will be listed here.");
    this.element = h("section.tw-runs", { "aria-label": "Recent searches" },
      h("header", {}, h("h2", {}, "Recent searches"), this.pick), this.empty, this.list);
    this.refresh = coalesced(() => this.#load(), 1000);
    session.on("run", () => this.#merge(session.run));
    session.on("open", () => this.#show());
    document.addEventListener("visibilitychange", () => document.hidden || this.refresh());
  }

  async #load() {
    try {
      this.runs = (await api.runs(HOW_MANY)).items;
    } catch {
      return; // The list is a convenience: whatever is wrong shows where something was asked for.
    }
    this.#show();
  }

  /** The open run changes all the time; the list need not be fetched again for that. */
  #merge(run) {
    const at = this.runs.findIndex((one) => one.id === run?.id);
    if (at >= 0) this.runs[at] = run;
    else if (run) this.runs = [run, ...this.runs];
    this.#show();
  }

  #picking(on) {
    this.picked = on ? [] : null;
    this.#show();
  }

  #clicked(id) {
    const { picked } = this;
    if (picked === null) {
      this.actions.open(id);
      return;
    }
    this.picked = picked.includes(id) ? [] : [...picked, id];
    if (this.picked.length < 2) {
      this.#show();
      return;
    }
    const pair = this.picked;
    this.#picking(false);
    this.actions.compare(pair);
  }

  #show() {
    this.pick.hidden = this.runs.length < 2;
    setText(this.pick, this.picked === null ? "Compare two" : this.picked.length ? "Pick one more, or cancel" : "Pick two, or cancel");
    this.empty.hidden = this.runs.length > 0;
    keyed(this.list, this.runs, {
      key: (run) => run.id,
      make: (run) => h("button.tw-run", { type: "button", title: run.problem, onclick: () => this.#clicked(run.id) },
        h("i.tw-dot"), h("span.tw-run-text", {}, oneLine(run.problem, 90)), h("span.tw-run-about")),
      update: (element, run) => this.#update(element, run),
    });
  }

  #update(element, run) {
    element.firstChild.dataset.state = run.status;
    setText(element.lastChild, aboutRun(run, this.actions.strategyTitle(run.strategy)));
    if (this.picked === null) element.removeAttribute("aria-pressed");
    else element.setAttribute("aria-pressed", String(this.picked.includes(run.id)));
    element.setAttribute("aria-current", String(run.id === this.session.run?.id));
  }
}

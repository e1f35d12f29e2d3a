/** The list of recent runs: what was asked, how it went, and a way back to it. */

import { api } from "./api.js";
import { h, keyed, setText } from "./dom.js";
import { ago, oneLine } from "./format.js";
import { coalesced } from "./schedule.js";

const HOW_MANY = 30;

export class RunList {
  /**
   * @param {import("./session.js").Session} session
   * @param {(run: string) => void} open
   * @param {(name: string) => string} strategyTitle
   */
  constructor(session, open, strategyTitle) {
    this.session = session;
    this.open = open;
    this.strategyTitle = strategyTitle;
    this.runs = [];
    this.list = h("div.tw-run-list", { role: "list" });
    this.empty = h("p.tw-dim", {}, "Searches will be listed here.");
    this.element = h("section.tw-runs", { "aria-label": "Recent searches" }, h("h2", {}, "Recent searches"), this.empty, this.list);
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

  #show() {
    this.empty.hidden = this.runs.length > 0;
    keyed(this.list, this.runs, {
      key: (run) => run.id,
      make: (run) => h("button.tw-run", { type: "button", title: run.problem, onclick: () => this.open(run.id) },
        h("i.tw-dot"), h("span.tw-run-text", {}, oneLine(run.problem, 90)), h("span.tw-run-about")),
      update: (element, run) => this.#update(element, run),
    });
  }

  #update(element, run) {
    const graded = run.correct === true ? "right" : run.correct === false ? "wrong" : "";
    element.firstChild.dataset.state = run.status;
    setText(element.lastChild, [this.strategyTitle(run.strategy), graded, ago(run.created_at)].filter(Boolean).join(" · "));
    element.setAttribute("aria-current", String(run.id === this.session.run?.id));
  }
}

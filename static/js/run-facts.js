/** What there is to say about a run, wherever it is shown: its status, its answer, what it cost so far. */

import { fill, h, setText } from "./dom.js";
import { duration, oneLine, short, whole } from "./format.js";
import { gradeMark } from "./grades.js";

const STATUS = {
  queued: "Queued", running: "Searching", paused: "Paused", finished: "Finished", stopped: "Stopped", failed: "Failed",
};

export class RunFacts {
  /** @param {import("./session.js").Session} session */
  constructor(session) {
    this.session = session;
    this.costs = new Map();
    this.status = h("span.tw-status", { role: "status" });
    this.answer = h("span.tw-answer");
    this.cost = h("div.tw-costs", { role: "group", "aria-label": "Cost so far" });
    setInterval(() => this.#cost(), 500);
  }

  show() {
    const { run } = this.session;
    this.#statusText(run);
    if (run) {
      this.#answer(run);
      this.#cost();
    } else {
      fill(this.answer);
      fill(this.cost);
      this.costs.clear();
    }
  }

  #statusText(run) {
    const waiting = run && this.session.connection === "waiting";
    const state = waiting ? "waiting" : (run?.status ?? "none");
    this.status.dataset.state = state;
    this.status.hidden = !run;
    setText(this.status, waiting ? "Reconnecting…" : (STATUS[state] ?? state));
  }

  #answer(run) {
    const over = !this.session.active && run.status !== "paused";
    const { verdicts } = this.session;
    const graded = `${verdicts.byPerson(run.answer)}|${verdicts.why(run.answer)}`;
    const key = `${run.answer}|${run.correct}|${run.reference_answer}|${over}|${graded}`;
    if (this.answer.dataset.key === key && this.answer.firstChild) return;
    this.answer.dataset.key = key;
    if (run.answer === null || run.answer === undefined) {
      fill(this.answer, h("span.tw-dim", {}, over ? "No answer found" : "No answer yet"));
      return;
    }
    fill(this.answer, h("span.tw-dim", {}, "Answer "), h("b", {}, oneLine(run.answer, 60)), gradeMark(this.session));
  }

  #cost() {
    const { run, model, seconds } = this.session;
    if (!run) return;
    const { usage = {}, budget = {} } = run;
    this.#one("tokens", usage.generated_tokens, budget.generated_tokens, short);
    this.#one("calls", usage.calls, budget.calls, whole);
    // The problem is no step: the API and the budget do not count it either.
    this.#one("nodes", Math.max(0, model.size - 1), budget.nodes, whole);
    this.#one("time", seconds, budget.seconds, duration);
  }

  /** One amount and, if it is limited, how much of the limit is used. */
  #one(name, used, limit, format) {
    let parts = this.costs.get(name);
    if (!parts) {
      parts = { used: h("b"), limit: h("span.tw-dim.tw-limit"), bar: h("i") };
      this.costs.set(name, parts);
      this.cost.append(h("span.tw-cost", { "data-cost": name }, h("span.tw-dim", {}, name), parts.used, parts.limit, h("span.tw-meter", {}, parts.bar)));
    }
    setText(parts.used, format(used));
    setText(parts.limit, limit ? `/ ${format(limit)}` : "");
    parts.bar.style.width = limit && used ? `${Math.min(100, (100 * used) / limit)}%` : "0";
  }
}

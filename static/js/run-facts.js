/** What there is to say about a run, wherever it is shown: its status, its answer, what it cost so far. */

import { fill, h, setText } from "./dom.js";
import { duration, oneLine, short, whole } from "./format.js";
import { gradeMark } from "./grades.js";
import { pieces, t } from "./words.js";

export const STATUS = {
  queued: t("status.queued"), running: t("status.running"), paused: t("status.paused"), finished: t("status.finished"),
  stopped: t("status.stopped"), failed: t("status.failed"),
};

/** Only the answer itself stands out. */
const dimmed = (part) => (typeof part === "string" ? part && h("span.tw-dim", {}, part) : part);

export class RunFacts {
  /** @param {import("./session.js").Session} session */
  constructor(session) {
    this.session = session;
    this.costs = new Map();
    this.status = h("span.tw-status", { role: "status" });
    this.answer = h("span.tw-answer");
    this.cost = h("div.tw-costs", { role: "group", "aria-label": t("run.cost") });
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
    const { past } = this.session;
    const waiting = run && this.session.connection === "waiting";
    // What it did at that moment is not what it does now.
    const then = past && run?.status === "running";
    const state = waiting ? "waiting" : then ? "past" : (run?.status ?? "none");
    this.status.dataset.state = state;
    this.status.hidden = !run;
    setText(this.status, waiting ? t("run.reconnecting") : then ? t("status.past") : (STATUS[state] ?? state));
  }

  #answer(run) {
    const over = !this.session.active && run.status !== "paused";
    const { verdicts } = this.session;
    const graded = `${verdicts.byPerson(run.answer)}|${verdicts.why(run.answer)}`;
    const key = `${run.answer}|${run.answer_value}|${run.caution}|${run.correct}|${run.reference_answer}|${over}|${graded}`;
    if (this.answer.dataset.key === key && this.answer.firstChild) return;
    this.answer.dataset.key = key;
    if (run.answer === null || run.answer === undefined) {
      fill(this.answer, h("span.tw-dim", {}, over ? t("run.noAnswer") : t("run.noAnswerYet")));
      return;
    }
    fill(this.answer, pieces("run.answer", { answer: h("b", {}, oneLine(run.answer, 60)) }).map(dimmed), gradeMark(this.session));
  }

  #cost() {
    const { run, model, seconds } = this.session;
    if (!run) return;
    const { usage = {}, budget = {} } = run;
    this.#one("tokens", t("cost.tokens"), usage.generated_tokens, budget.generated_tokens, short);
    this.#one("calls", t("cost.calls"), usage.calls, budget.calls, whole);
    // The problem is no step: the API and the budget do not count it either.
    this.#one("nodes", t("cost.nodes"), Math.max(0, model.size - 1), budget.nodes, whole);
    this.#one("time", t("cost.time"), seconds, budget.seconds, duration);
  }

  /** One amount and, if it is limited, how much of the limit is used. */
  #one(name, title, used, limit, format) {
    let parts = this.costs.get(name);
    if (!parts) {
      parts = { used: h("b"), limit: h("span.tw-dim.tw-limit"), bar: h("i") };
      this.costs.set(name, parts);
      this.cost.append(h("span.tw-cost", { "data-cost": name }, h("span.tw-dim", {}, title), parts.used, parts.limit, h("span.tw-meter", {}, parts.bar)));
    }
    setText(parts.used, format(used));
    setText(parts.limit, limit ? `/ ${format(limit)}` : "");
    parts.bar.style.width = limit && used ? `${Math.min(100, (100 * used) / limit)}%` : "0";
  }
}

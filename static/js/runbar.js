/** The bar above the panes: the run's status and answer, what it has cost so far, and its buttons. */

import { fill, h, setText } from "./dom.js";
import { duration, oneLine, short, whole, words } from "./format.js";

const STATUS = {
  queued: "Queued", running: "Searching", paused: "Paused", finished: "Finished", stopped: "Stopped", failed: "Failed",
};

export class RunBar {
  /**
   * @param {import("./session.js").Session} session
   * @param {{share, keys, theme, form: () => void, strategyTitle: (name: string) => string}} actions
   */
  constructor(session, actions) {
    this.session = session;
    this.strategyTitle = actions.strategyTitle;
    this.#build(actions);
    for (const notice of ["run", "tree", "open", "connection"]) session.on(notice, () => this.#show());
    setInterval(() => this.#cost(), 500);
    this.#show();
  }

  #build(actions) {
    const { session } = this;
    const button = (text, title, act, kind = "tw-button") =>
      h(`button.${kind}`, { type: "button", title, onclick: act }, text);
    this.status = h("span.tw-status", { role: "status" });
    this.problem = h("h1.tw-problem", { dir: "auto" });
    this.facts = h("div.tw-run-facts");
    this.costs = new Map();
    this.pause = button("Pause", "Pause the search; it can go on later", () => session.steer("pause"));
    this.resume = button("Resume", "Go on searching", () => session.steer("resume"));
    this.stop = button("Stop", "End the search with what it has found", () => session.steer("stop"));
    this.share = button("Share", "Make a link to this tree", actions.share, "tw-button.tw-share");
    this.form = button("", "Switch between the form and the tree", actions.form, "tw-button.tw-form-toggle");
    this.form.append(h("span.tw-when-tree", {}, "New search"), h("span.tw-when-form", {}, "Back to the tree"));
    const tools = [
      h("button.tw-icon-button.tw-for-keyboard", { type: "button", title: "Keys (?)", "aria-label": "Keys", onclick: actions.keys }, "?"),
      h("button.tw-icon-button", { type: "button", title: "Light or dark", "aria-label": "Switch between light and dark", onclick: actions.theme }, "◐"),
    ];
    this.cost = h("div.tw-costs", { "aria-label": "Cost so far" });
    this.answer = h("span.tw-answer");
    this.element = h("header.tw-runbar", {},
      h("div.tw-run-line", {}, this.status, this.problem,
        h("div.tw-run-buttons", {}, this.pause, this.resume, this.stop, this.share, this.form, tools)),
      h("div.tw-run-line.tw-run-second", {}, this.answer, this.facts, this.cost));
  }

  #show() {
    const { session } = this;
    const { run } = session;
    this.element.classList.toggle("tw-no-run", !run);
    const may = run !== null && !session.shared && session.connection !== "lost";
    this.pause.hidden = !(may && session.active);
    this.resume.hidden = !(may && session.resumable);
    this.stop.hidden = !(may && (session.active || run.status === "paused"));
    this.share.hidden = !may;
    // A shared tree has no form to go to.
    this.form.hidden = session.shared;
    this.#statusText(run);
    if (!run) {
      setText(this.problem, session.shared ? "Shared tree" : "");
      fill(this.answer);
      fill(this.facts);
      fill(this.cost);
      this.costs.clear();
      return;
    }
    setText(this.problem, oneLine(run.problem, 300));
    this.problem.title = run.problem;
    this.#answer(run);
    const about = [this.strategyTitle(run.strategy), words(run.reason)].filter(Boolean);
    fill(this.facts, session.shared && h("span.tw-badge", {}, "Shared tree, read-only"), h("span", {}, about.join(" · ")));
    this.#cost();
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
    const key = `${run.answer}|${run.correct}|${run.reference_answer}|${over}`;
    if (this.answer.dataset.key === key && this.answer.firstChild) return;
    this.answer.dataset.key = key;
    if (run.answer === null || run.answer === undefined) {
      fill(this.answer, h("span.tw-dim", {}, over ? "No answer found" : "No answer yet"));
      return;
    }
    fill(this.answer, h("span.tw-dim", {}, "Answer "), h("b", {}, oneLine(run.answer, 60)), run.reference_answer && run.correct !== undefined && grade(run));
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

const GRADES = {
  true: ["tw-right", "✓ right", "Reference answer"],
  false: ["tw-wrong", "✕ wrong", "Reference answer"],
  null: ["tw-untold", "cannot tell", "Not comparable with the reference answer"],
};

/** What the reference answer says about the answer; it may be of a kind that says nothing. */
function grade(run) {
  const [kind, text, about] = GRADES[String(run.correct)];
  return h(`span.tw-grade.${kind}`, { title: `${about}: ${run.reference_answer}` }, text);
}

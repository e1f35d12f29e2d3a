/** Whether the run's answer is right: by the check, or by a person, who has the last word. */

import { api } from "./api.js";
import { h } from "./dom.js";
import { decimal, doubtful } from "./format.js";
import { said, t } from "./words.js";

const LOOK = {
  true: ["tw-right", t("grade.right")], false: ["tw-wrong", t("grade.wrong")], null: ["tw-untold", t("grade.unknown")],
};

/** What was said of each answer of one run: from the API when the run is opened, then from its events. */
export class Verdicts {
  constructor() {
    this.clear();
  }

  clear() {
    this.said = new Map();
  }

  /** @param {{answer: string, correct: boolean|null, by: string, why: string, at: string}} verdict */
  take(verdict) {
    const key = `${verdict.by} ${verdict.answer}`;
    const before = this.said.get(key);
    if (!before || Date.parse(before.at) <= Date.parse(verdict.at)) this.said.set(key, verdict);
  }

  /** What a person said of an answer: true, false, or null for nothing (any more). */
  byPerson(answer) {
    return this.said.get(`person ${answer}`)?.correct ?? null;
  }

  /** Why nobody can tell, where the check says so. */
  why(answer) {
    return this.said.get(`check ${answer}`)?.why ?? "";
  }
}

/** The mark beside the answer; false for nothing to mark. @param {import("./session.js").Session} session */
export function gradeMark(session) {
  const { run, verdicts, shared } = session;
  if (typeof run.answer !== "string" || run.correct === undefined) return false;
  if (!run.reference_answer && run.correct === null) return !session.active && ungraded(session);
  const person = verdicts.byPerson(run.answer) === run.correct && run.correct !== null;
  const [kind, text] = LOOK[String(run.correct)];
  const by = shared ? t("grade.person") : t("grade.you");
  const about = explanation(run, person ? by : "", verdicts.why(run.answer));
  return h(`button.tw-grade.${kind}`, { type: "button", title: about, onclick: () => session.say(about, "", false) },
    person ? t("grade.by", { grade: text, by }) : text);
}

/** Nobody has graded the answer, and why; or what the verifiers make of it, where that is little. */
function ungraded(session) {
  const { run } = session;
  if (doubtful(run)) {
    const about = whyDoubtful(run);
    const act = () => session.say(about, t("grade.doubtfulHow"), false);
    return h("button.tw-grade.tw-doubtful", { type: "button", title: about, onclick: act }, t("grade.doubtful"));
  }
  const about = session.readOnly ? t("grade.noneShared") : t("grade.noneHow");
  return h("button.tw-grade.tw-untold", { type: "button", title: about, onclick: () => session.say(about, "", false) }, t("grade.none"));
}

/** Why the answer of a run in a list is not graded, or doubtful; "" where it is, or where there is none. */
export function whyUngraded(run) {
  const { answer, correct, reference_answer: reference } = run;
  if (doubtful(run)) return whyDoubtful(run);
  if (typeof answer !== "string" || correct !== null) return "";
  return reference ? t("grade.noneComparable") : t("grade.noneShared");
}

function whyDoubtful({ caution, answer_value: value }) {
  return caution ? t("grade.cautioned", { why: said(caution) }) : t("grade.doubtfulWhy", { value: decimal(value) });
}

function explanation(run, by, why) {
  const reference = run.reference_answer ? t("grade.reference", { answer: run.reference_answer }) : t("grade.noReference");
  if (by) return t("grade.gradedBy", { by, reference });
  if (run.correct !== null) return run.reference_answer ? reference : t("grade.evident");
  return t("grade.why", { why: why ? sentence(said(why)) : t("grade.notComparable"), reference });
}

const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** The two buttons with which a person says that the answer is right, or wrong. */
export class GradeControl {
  /** @param {import("./session.js").Session} session */
  constructor(session) {
    this.session = session;
    this.buttons = [[true, "✓", t("grade.isRight")], [false, "✕", t("grade.isWrong")]].map(([correct, sign, title]) =>
      [correct, h("button.tw-icon-button", { type: "button", title, "aria-label": title, onclick: () => this.#press(correct) }, sign)]);
    this.asks = h("span.tw-dim", { "aria-hidden": "true" }, t("grade.askShort"));
    this.element = h("span.tw-judge", { role: "group", "aria-label": t("grade.ask") }, this.asks, this.buttons.map(([, button]) => button));
  }

  show() {
    const { run, readOnly, connection, verdicts } = this.session;
    this.element.hidden = readOnly || connection === "lost" || typeof run?.answer !== "string";
    // Beside what the check or a person said, the question would say it again.
    this.asks.hidden = typeof run?.correct === "boolean";
    const said = this.element.hidden ? null : verdicts.byPerson(run.answer);
    for (const [correct, button] of this.buttons) button.setAttribute("aria-pressed", String(said === correct));
  }

  /** Pressed again, a button takes back what it said. */
  async #press(correct) {
    const { session } = this;
    const { id, answer } = session.run;
    const before = session.verdicts.byPerson(answer);
    try {
      await this.#grade(id, answer, before === correct ? null : correct);
    } catch (error) {
      session.say(t("grade.notSaved", { why: error.message }), error.hint);
      return;
    }
    if (session.run?.id !== id) return;
    session.undo.did(async () => {
      await this.#grade(id, answer, before);
      if (before === null) return t("grade.undoneClear", { answer });
      return before ? t("grade.undoneRight", { answer }) : t("grade.undoneWrong", { answer });
    });
  }

  async #grade(id, answer, correct) {
    const { session } = this;
    const verdict = await api.grade(id, answer, correct);
    if (session.run?.id !== id) return;
    session.verdicts.take(verdict);
    session.catchUp();
    session.refreshSoon();
  }
}

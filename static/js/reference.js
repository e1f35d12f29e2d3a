/**
 * The form's reference answer: what grades the search, and of which problem it is. One that graded a search
 * says nothing about another problem, and would call its right answers wrong.
 */

import { fill, h } from "./dom.js";
import { t } from "./words.js";

export class Reference {
  constructor() {
    this.note = null;
    this.answer = "";
    /** The problem and reference answer of the search that the form's answer is from; none once it was typed over. */
    this.graded = null;
  }

  /** @param {HTMLElement} element where the answer is said: its input is folded away */
  host(element) {
    this.note = element;
    this.#show();
  }

  /** The input says another answer. @param {string|null} answer */
  changed(answer) {
    const before = this.answer;
    this.answer = (answer ?? "").trim();
    // Gradio tells of an input that has just appeared, too.
    if (this.answer !== before && this.answer !== this.graded?.reference_answer) this.graded = null;
    this.#show();
  }

  /** A search was started or copied. @param {{problem: string, reference_answer: string|null}|null} run */
  belongsTo(run) {
    const { problem, reference_answer } = run ?? {};
    this.graded = reference_answer ? { problem: problem.trim(), reference_answer: reference_answer.trim() } : null;
  }

  /** Whether the answer graded a search, and the problem is another by now. */
  outdated(problem, answer) {
    const { graded } = this;
    return graded !== null && (answer ?? "").trim() === graded.reference_answer && problem.trim() !== graded.problem;
  }

  #show() {
    const { answer } = this;
    if (this.note) fill(this.note, answer && h("p.tw-summary", {}, t("form.graded", { answer })));
  }
}

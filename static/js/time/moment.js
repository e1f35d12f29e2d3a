/** A run as it was after one of its events: the tree, and what the run's record said then. */

import { TreeModel } from "../tree-model.js";

const COUNTED = ["told", "requested"];
const COUNTS = ["generated_tokens", "prompt_tokens", "calls"];

export class Moment {
  constructor() {
    this.model = new TreeModel();
    /** Search time so far, in seconds. */
    this.seconds = 0;
    this.status = "queued";
    this.reason = null;
    this.usage = Object.fromEntries(COUNTS.map((name) => [name, 0]));
    /** @type {TreeModel|null} a newer tree, in which steps have the places that they keep here */
    this.whole = null;
    /** @type {(answer: string) => boolean|null} whether an answer is right, as is known by now */
    this.gradeOf = () => null;
  }

  get seq() {
    return this.model.seq;
  }

  /** @returns {Moment} the same, which can go on apart from this one */
  copy() {
    const { model, seconds, status, reason, usage } = this;
    return Object.assign(new Moment(), { model: model.copy(), seconds, status, reason, usage: { ...usage } });
  }

  /** Goes on by the event that comes next. @param {number} seconds search time by then */
  take(event, seconds) {
    this.model.apply(event);
    this.seconds = seconds;
    if (COUNTED.includes(event.kind)) for (const name of COUNTS) this.usage[name] += event[name] ?? 0;
    if (event.kind === "status") ({ status: this.status, reason: this.reason } = event);
  }

  /** The run's record as it was. @param {any} record as it is now */
  run(record) {
    const node = this.model.nodes[this.model.answered] ?? null;
    const answer = node?.answer ?? null;
    const seconds = Math.min(this.seconds, record.usage?.seconds ?? Infinity);
    return {
      ...record, answer, correct: answer === null ? null : this.gradeOf(answer), best_node: node?.id ?? null,
      answer_value: answer === null ? null : node.value, status: this.status, reason: this.reason, usage: { ...this.usage, seconds },
    };
  }
}

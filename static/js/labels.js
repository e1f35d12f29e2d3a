/**
 * People's judgements of steps. A label shows at once and is taken back, with a message, if the server
 * does not take it. Labels of one session are sent one after the other, so that the last one stays.
 */

import { api, uuid } from "./api.js";
import { ratingOf } from "./format.js";

export class Labels {
  /** @param {import("./session.js").Session} session */
  constructor(session) {
    this.session = session;
    /** @type {{node: number, before: number|null}[]} */
    this.done = [];
    this.queue = Promise.resolve();
    session.on("open", () => {
      this.done = [];
    });
  }

  /** Labels the selected step. @param {number|null} rating null takes the label away */
  set(rating) {
    const { session } = this;
    if (session.shared || !session.run) return;
    if (session.past) {
      session.sayPast();
      return;
    }
    if (session.selected === null) {
      session.say("Select a step first.", "Click one in the tree, or press j.", false);
      return;
    }
    const node = session.selected;
    const before = session.model.nodes[node].label;
    if (before === rating) return;
    const entry = { node, before };
    this.done.push(entry);
    const seconds = Math.round((performance.now() - session.selectedAt) / 100) / 10;
    this.#send(node, rating, before, seconds, () => {
      this.done = this.done.filter((one) => one !== entry);
    });
  }

  /** Takes the last label of this session back, which is a label too: nothing is ever deleted. */
  undo() {
    const { session } = this;
    const last = session.readOnly ? null : this.done.pop();
    if (!last) return;
    const now = session.model.nodes[last.node].label;
    session.select(last.node);
    this.#send(last.node, last.before, now, null, () => this.done.push(last));
    session.say(`Label of step ${last.node} is ${name(last.before)} again.`, "", false);
  }

  #send(node, rating, before, seconds, failed) {
    const { session } = this;
    const run = session.run.id;
    const show = (change) => {
      if (session.run?.id !== run) return;
      change(session.live);
      session.tell("tree");
      session.tell("label");
    };
    show((model) => model.holdLabel(node, rating));
    const reference = session.run.reference_answer !== null;
    const visible = { value: true, scores: true, reference_answer: reference };
    const label = { id: uuid(), rating, visible };
    if (seconds !== null) label.seconds = seconds;
    this.queue = this.queue.then(async () => {
      try {
        await api.label(run, node, label);
        // What it does to the values above comes with the events.
        if (session.run?.id === run) session.catchUp();
      } catch (error) {
        failed();
        show((model) => model.dropLabel(node, rating, before));
        session.say(`The label was not saved: ${error.message}`, error.hint);
      }
    });
  }
}

function name(label) {
  return ratingOf(label)?.name.toLowerCase() ?? "cleared";
}

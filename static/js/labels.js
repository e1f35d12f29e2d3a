/**
 * People's judgements of steps. A label shows at once and is taken back, with a message, if the server
 * does not take it. Labels of one session are sent one after the other, so that the last one stays.
 */

import { api, uuid } from "./api.js";
import { ratingOf } from "./format.js";
import { t } from "./words.js";

export class Labels {
  /** @param {import("./session.js").Session} session */
  constructor(session) {
    this.session = session;
    this.queue = Promise.resolve();
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
      session.saySelect();
      return;
    }
    const node = session.selected;
    const before = session.model.nodes[node].label;
    if (before === rating) return;
    const seconds = Math.round((performance.now() - session.selectedAt) / 100) / 10;
    const forget = session.undo.did(() => this.#takeBack(node, before));
    this.#send(node, rating, before, { seconds }).catch((error) => {
      forget();
      session.say(t("labels.notSaved", { why: error.message }), error.hint);
    });
  }

  /** What takes a label back is a label too: nothing is ever deleted. */
  async #takeBack(node, before) {
    const { session } = this;
    session.select(node);
    await this.#send(node, before, session.live.nodes[node].label);
    return t("labels.undone", { node, label: name(before) });
  }

  /** Says why beside a step's label, which is given once more with it. Throws the ApiError that says why it was not saved. */
  async comment(node, comment) {
    const rating = this.session.live.nodes[node].label;
    await this.#send(node, rating, rating, { comment });
  }

  /**
   * Throws the ApiError that says why it was not saved.
   * @param {{seconds?: number, comment?: string}} more what is known of how, and why
   */
  #send(node, rating, before, more = {}) {
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
    const label = { id: uuid(), rating, visible, ...more };
    const sent = this.queue.then(async () => {
      try {
        await api.label(run, node, label);
        // What it does to the values above comes with the events.
        if (session.run?.id === run) session.catchUp();
      } catch (error) {
        show((model) => model.dropLabel(node, rating, before));
        throw error;
      }
    });
    this.queue = sent.catch(() => {});
    return sent;
  }
}

function name(label) {
  return ratingOf(label)?.name.toLowerCase() ?? t("rating.cleared");
}

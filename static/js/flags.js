/**
 * Steps that a person wants to look at again. A flag judges nothing, and the search does not know of it. Nothing is shown before
 * the server has it: the events bring it. Flags of one session are sent one after the other, so that the last one stays.
 */

import { api } from "./api.js";
import { t } from "./words.js";

export class Flags {
  /** @param {import("./session.js").Session} session */
  constructor(session) {
    this.session = session;
    /** @type {Map<number, boolean>} what steps are to be, until an event says that they are: pressed twice, the key takes back */
    this.wanted = new Map();
    this.queue = Promise.resolve();
    session.on("open", () => this.wanted.clear());
    session.on("event", ({ kind, node, flagged }) => kind === "flagged" && this.#settle(node, flagged));
  }

  /** Whether the step can be flagged here: the problem is no step. */
  may(node) {
    return Boolean(node) && node.parent !== null && !this.session.readOnly;
  }

  /** Flags the selected step, or takes its flag away. */
  toggle() {
    const { session } = this;
    if (session.shared || !session.run) return;
    if (session.past) {
      session.sayPast();
      return;
    }
    const node = session.selected;
    if (node === null) session.saySelect();
    else if (!this.may(session.live.nodes[node])) session.say(t("flags.notProblem"), t("steer.selectBelow"), false);
    else this.#set(node, !(this.wanted.get(node) ?? session.live.nodes[node].flagged));
  }

  #set(node, flagged) {
    const { session } = this;
    const forget = session.undo.did(() => this.#takeBack(node, !flagged));
    this.#send(node, flagged).catch((error) => {
      forget();
      session.say(t("flags.notSaved", { why: error.message }), error.hint);
    });
  }

  async #takeBack(node, flagged) {
    this.session.select(node);
    await this.#send(node, flagged);
    return t(flagged ? "flags.undoneClear" : "flags.undone", { node });
  }

  /** Throws the ApiError that says why it was not saved. */
  #send(node, flagged) {
    const { session } = this;
    const run = session.run.id;
    this.wanted.set(node, flagged);
    const sent = this.queue.then(async () => {
      try {
        await api.flag(run, node, flagged);
        if (session.run?.id === run) session.catchUp();
      } catch (error) {
        if (session.run?.id === run) this.#settle(node, flagged);
        throw error;
      }
    });
    this.queue = sent.catch(() => {});
    return sent;
  }

  #settle(node, flagged) {
    if (this.wanted.get(node) === flagged) this.wanted.delete(node);
  }
}

/** What this person changed in the open run, in this tab, and how each of it is taken back: the last one first. */

import { t } from "./words.js";

export class Undo {
  /** @param {import("./session.js").Session} session */
  constructor(session) {
    this.session = session;
    /** @type {{takeBack: () => Promise<string>}[]} */
    this.done = [];
    this.queue = Promise.resolve();
    session.on("open", () => {
      this.done = [];
    });
  }

  /**
   * Remembers a change.
   * @param {() => Promise<string>} takeBack says what is as it was; throws the ApiError that says why it is not
   * @returns {() => void} forgets it, where it was refused after all
   */
  did(takeBack) {
    const entry = { takeBack };
    this.done.push(entry);
    return () => {
      this.done = this.done.filter((one) => one !== entry);
    };
  }

  /** Takes the last change back. Pressed again meanwhile, the one before it once this one is back. */
  last() {
    const { session } = this;
    if (session.shared || !session.run) return;
    if (session.past) session.sayPast();
    else this.queue = this.queue.then(() => this.#takeBack());
  }

  async #takeBack() {
    const { session } = this;
    const entry = this.done.pop();
    if (!entry) {
      session.say(t("undo.nothing"), t("undo.onlyHere"), false);
      return;
    }
    const { id } = session.run;
    const here = () => session.run?.id === id;
    try {
      const said = await entry.takeBack();
      if (here()) session.say(t("undo.done", { what: said }), "", false);
    } catch (error) {
      if (!here()) return;
      this.done.push(entry);
      session.say(t("undo.failed", { why: error.message }), error.hint);
    }
  }
}

/** What this person changed in the open run, in this tab, and how each of it is taken back: the last one first. */

import { t } from "./words.js";

export class Undo {
  /** @param {import("./session.js").Session} session */
  constructor(session) {
    this.session = session;
    /** @type {{takeBack: () => Promise<string>}[]} */
    this.done = [];
    /** Another number whenever this person has changed something, or taken it back. */
    this.turn = 0;
    this.queue = Promise.resolve();
    session.on("open", () => {
      this.done = [];
      session.tell("undo");
    });
  }

  /**
   * Remembers a change.
   * @param {() => Promise<string>} takeBack says what is as it was; throws the ApiError that says why it is not
   * @returns {() => void} forgets it, where it was refused after all
   */
  did(takeBack) {
    const entry = { takeBack };
    this.#turn([...this.done, entry]);
    return () => this.#turn(this.done.filter((one) => one !== entry));
  }

  #turn(done) {
    this.done = done;
    this.turn += 1;
    this.session.tell("undo");
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
    const entry = this.done.at(-1);
    if (!entry) {
      session.say(t("undo.nothing"), t("undo.onlyHere"), false);
      return;
    }
    this.#turn(this.done.slice(0, -1));
    const { id } = session.run;
    const here = () => session.run?.id === id;
    try {
      const said = await entry.takeBack();
      if (here()) session.say(t("undo.done", { what: said }), "", false);
    } catch (error) {
      if (!here()) return;
      this.#turn([...this.done, entry]);
      session.say(t("undo.failed", { why: error.message }), error.hint);
    }
  }
}

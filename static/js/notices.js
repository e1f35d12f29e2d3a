/**
 * Notices: what came of what was just done, or why nothing did, in a box beside what is read and pressed.
 *
 * A notice goes by itself after a time that is enough to read it, which does not pass while somebody points at it or is in
 * it with the keyboard, and at once when what it says is no longer so.
 */

import { fill, h } from "./dom.js";
import { withKeys } from "./keys.js";
import { t } from "./words.js";

const LEAST_MS = 2000;
/** Slow readers manage twenty characters a second. */
const CHARACTER_MS = 50;
/** For a notice that offers something to do, or says what went wrong. */
const MORE_TIME = 2;
/** What is left at least once nobody points at it any more. */
const AGAIN_MS = 2000;
const GAP = 6;
const CHANGES = ["open", "run", "tree", "select", "time", "undo"];

export class Notices {
  /**
   * @param {import("./session.js").Session} session
   * @param {HTMLElement} frame what the notices are laid out in
   * @param {HTMLElement} tree the pane at the foot of which they stand where it is shown
   */
  constructor(session, frame, tree) {
    this.session = session;
    this.frame = frame;
    this.tree = tree;
    this.holds = () => true;
    this.held = new Set();
    // Always there: screen readers tell of what changes in a live region, not of one that appears.
    this.said = h("div.tw-message-text", { role: "status" });
    this.close = h("button.tw-message-close", { type: "button", "aria-label": t("notice.close"), title: t("hint.closeTitle"), onclick: () => this.clear() }, "×");
    this.element = h("div.tw-message", {
      onpointerenter: () => this.#hold("pointer"), onpointerleave: () => this.#release("pointer"),
      onfocusin: () => this.#hold("focus"), onfocusout: () => this.#release("focus"), onkeydown: (event) => this.#key(event),
    }, this.said);
    session.on("message", (message) => this.say(message));
    for (const notice of CHANGES) session.on(notice, () => this.shown && !this.holds() && this.clear());
  }

  get shown() {
    return this.element.classList.contains("tw-shown");
  }

  /**
   * @param {{text: string, hint?: string, bad?: boolean, action?: {title: string, act: () => void}, holds?: () => boolean}} message
   *   holds: whether it is still so; without it, as long as nothing has happened that it might be about
   */
  say({ text, hint = "", bad = false, action, holds }) {
    this.clear();
    this.holds = holds ?? (action ? () => true : nothingNew(this.session, bad));
    fill(this.said, h("b", {}, withKeys(text)), hint && h("span", {}, typeof hint === "string" ? withKeys(hint) : hint));
    if (action) this.element.append(this.#action(action));
    this.element.append(this.close);
    this.element.classList.add("tw-shown");
    this.element.classList.toggle("tw-bad", bad);
    this.place();
    this.left = (LEAST_MS + CHARACTER_MS * this.said.textContent.length) * (bad || action ? MORE_TIME : 1);
    this.#wait(this.left);
  }

  clear() {
    clearTimeout(this.timer);
    this.held.clear();
    this.element.classList.remove("tw-shown");
    fill(this.element, this.said);
    fill(this.said);
  }

  /**
   * Over the legend of the tree, where all that can be pressed is the switch of corrections. On a small screen, where the tree may not be in sight or
   * its legend too low, in a row of its own (style sheet).
   */
  place() {
    const { frame, tree, element } = this;
    if (!this.shown) return;
    element.classList.remove("tw-in-row");
    const [all, pane] = [frame, tree].map((one) => one.getBoundingClientRect());
    const inTree = pane.height > 0 && frame.dataset.state === "run";
    const put = (name, value) => (inTree ? element.style.setProperty(name, `${value}px`) : element.style.removeProperty(name));
    put("--tw-message-bottom", all.bottom - pane.bottom + GAP);
    put("--tw-message-end", all.right - pane.right + GAP);
    // A hint may stand there, which has a button.
    const legend = tree.querySelector(".tw-hint-box") ? null : tree.querySelector(".tw-legend");
    const room = legend?.getBoundingClientRect().height ?? 0;
    element.classList.toggle("tw-in-row", !inTree || element.getBoundingClientRect().height > room);
  }

  #action({ title, act }) {
    return h("button.tw-message-action", {
      type: "button", onclick: () => {
        this.clear();
        act();
      },
    }, title);
  }

  #wait(time) {
    clearTimeout(this.timer);
    this.until = performance.now() + time;
    this.timer = setTimeout(() => this.clear(), time);
  }

  #hold(why) {
    if (!this.held.size) this.left = this.until - performance.now();
    this.held.add(why);
    clearTimeout(this.timer);
  }

  #release(why) {
    this.held.delete(why);
    if (this.shown && !this.held.size) this.#wait(Math.max(this.left, AGAIN_MS));
  }

  #key(event) {
    if (event.key !== "Escape") return;
    event.preventDefault();
    this.clear();
  }
}

/**
 * Whether the run is the same, nobody here has changed anything in it and, but for what went wrong, it is looked at in the
 * same way and searches on, or rests, as before.
 */
function nothingNew(session, bad) {
  const now = () => [session.undo.turn, ...(bad ? [] : [session.past !== null, session.active])].join();
  const [run, then] = [session.record?.id, now()];
  return () => (run === undefined || session.record?.id === run) && now() === then;
}

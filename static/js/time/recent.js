/**
 * Which steps came or changed in the last seconds of a growing run, and how long ago. What hangs on a change below, such
 * as the values of all steps above, does not count: nearly everything would be new all the time.
 */

import { coalesced } from "../schedule.js";

/** As long as the marks take to fade, in time.css. */
const LASTING_MS = 10_000;
const MOST = 400;
const CHANGES = ["node_added", "merged", "scored", "labelled", "pruned", "flagged", "backed_up"];

export class Recent {
  /** @param {import("../session.js").Session} session */
  constructor(session) {
    this.session = session;
    /** @type {Map<number, number>} when each step changed last, the latest last */
    this.changed = new Map();
    this.timer = 0;
    /** Marks go by themselves where they fade; where nothing moves they have to be taken away. */
    this.expire = coalesced(() => session.tell("tree"), 1000);
    session.on("open", () => this.changed.clear());
    session.on("event", (event) => CHANGES.includes(event.kind) && this.#take(event.node));
  }

  #take(node) {
    this.changed.delete(node);
    this.changed.set(node, performance.now());
    if (this.changed.size > MOST) this.changed.delete(this.changed.keys().next().value);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.expire(), LASTING_MS);
  }

  /** When the step came or changed, in the page's time; null: longer ago, or the past is shown. */
  at(node) {
    const at = this.session.past ? undefined : this.changed.get(node);
    return at !== undefined && performance.now() - at < LASTING_MS ? at : null;
  }

  /** @returns {number[]} all steps that came or changed */
  steps() {
    return [...this.changed.keys()].filter((node) => this.at(node) !== null);
  }
}

/** Marks an element as new, its fading as far on as it is by now. @param {number|null} at as in `Recent.at` */
export function fade(element, at) {
  element.classList.toggle("tw-new", at !== null);
  // Set once only: a new delay would shift a fading that is under way.
  if (at === null || element.dataset.changed === String(at)) return;
  element.dataset.changed = String(at);
  element.style.setProperty("--age", `${Math.round(at - performance.now())}ms`);
  for (const fading of element.getAnimations()) fading.currentTime = 0;
}

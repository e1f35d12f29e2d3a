/**
 * All events of a run, when they happened, what to mark among them, and the run as it was after any of them. To go
 * far back without starting at the first event, copies of the run are kept here and there on the way.
 */

import { Moment } from "./moment.js";

/** Events between two kept copies, to begin with, and how many are kept at most. */
const SPACING = 2000;
const MOST_KEPT = 24;
/** While no model was at work (a pause, the time before somebody labels) this many seconds pass at most. */
const LONGEST_REST = 1;

/** @typedef {{seq: number, kind: "answer"|"correction"|"label"|"flag", node: number, answer?: string|null, rating?: number|null}} Mark */

const MARKED = {
  answered: ({ node, answer }) => node !== null && { kind: "answer", node, answer },
  node_added: ({ node, corrects }) => typeof corrects === "number" && { kind: "correction", node },
  labelled: ({ node, rating }) => rating !== null && { kind: "label", node, rating },
  flagged: ({ node, flagged }) => flagged && { kind: "flag", node },
};

/** @returns {Mark|null} what is to be marked of an event */
export function markOf(event) {
  const mark = MARKED[event.kind]?.(event);
  return mark ? { seq: event.seq, ...mark } : null;
}

export class History {
  constructor() {
    this.clear();
  }

  clear() {
    /** In order and without gaps: event n is at n - 1. */
    this.events = [];
    /** Seconds of search by each event. @type {number[]} */
    this.seconds = [];
    /** @type {Mark[]} */
    this.marks = [];
    this.spacing = SPACING;
    /** @type {Map<number, Moment>} by the number of the event */
    this.kept = new Map();
    this.working = new Set();
    this.last = NaN;
  }

  get length() {
    return this.events.length;
  }

  /** Takes the event that comes next; any other is known already, or came too early. */
  push(event) {
    if (event.seq !== this.length + 1) return;
    const now = Date.parse(event.at);
    this.seconds.push((this.seconds.at(-1) ?? 0) + this.#passed(event, now));
    if (!Number.isNaN(now)) this.last = now;
    this.#work(event);
    this.events.push(event);
    const mark = markOf(event);
    if (mark) this.marks.push(mark);
  }

  /** Seconds of search since the event before. A run that was left behind by a crash is queued again. */
  #passed(event, now) {
    const gap = Math.max(0, (now - this.last) / 1000) || 0;
    const rested = !this.working.size || event.status === "queued";
    return rested ? Math.min(gap, LONGEST_REST) : gap;
  }

  #work({ kind, work, status }) {
    if (kind === "asked") this.working.add(work);
    else if (kind === "told") this.working.delete(work);
    else if (kind === "status" && status !== "running" && status !== "queued") this.working.clear();
  }

  /**
   * The run after event `seq`, which has to be known.
   * @param {Moment|null} from a moment that is not needed any more, to go on from if it was before
   */
  moment(seq, from = null) {
    const moment = from && from.seq <= seq ? from : this.#nearest(seq);
    while (moment.seq < seq) {
      const k = moment.seq;
      moment.take(this.events[k], this.seconds[k]);
      if (moment.seq % this.spacing === 0 && !this.kept.has(moment.seq)) this.#keep(moment);
    }
    return moment;
  }

  #nearest(seq) {
    for (let at = seq - (seq % this.spacing); at > 0; at -= this.spacing) {
      const kept = this.kept.get(at);
      if (kept) return kept.copy();
    }
    return new Moment();
  }

  #keep(moment) {
    this.kept.set(moment.seq, moment.copy());
    if (this.kept.size <= MOST_KEPT) return;
    this.spacing *= 2;
    for (const at of this.kept.keys()) if (at % this.spacing) this.kept.delete(at);
  }

  /** The last event that had happened by so many seconds of search; 1 at least. */
  seqAt(seconds) {
    let [low, high] = [1, this.length];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.seconds[middle - 1] <= seconds) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

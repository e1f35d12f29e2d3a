/**
 * Goes through the time of the run that is shown: to any of its events, or on from there as fast as it happened, or
 * faster. What is shown meanwhile is a moment of the past; events that arrive go on being taken in.
 */

import { api } from "../api.js";
import { coalesced } from "../schedule.js";
import { EventStream } from "../stream.js";
import { t } from "../words.js";
import { History, markOf } from "./history.js";

export const SPEEDS = [0.25, 1, 2, 4, 8, 16, 32, 64];
const REGRADED = ["answered", "graded"];

export class Player {
  /** @param {import("../session.js").Session} session */
  constructor(session) {
    this.session = session;
    this.history = new History();
    this.speed = 1;
    this.playing = false;
    /** @type {Promise<void>|null} */
    this.loading = null;
    this.settle = null;
    /** @type {number|null} the event to show next */
    this.wanted = null;
    /** @type {Map<string, boolean|null>} whether each answer that the run gave is right */
    this.grades = new Map();
    /** @type {import("./history.js").Mark[]} the marks of a log that is not here */
    this.told = [];
    /** @type {Promise<void>|null} */
    this.telling = null;
    this.stream = new EventStream({
      after: () => this.history.length,
      event: (event) => this.#loaded(event),
      state: (state, error) => this.#streamState(state, error),
    });
    this.gradeSoon = coalesced(() => this.#grade(), 1000);
    session.on("open", () => this.#reset());
    session.on("event", (event) => {
      this.history.push(event);
      const mark = this.telling && markOf(event);
      if (mark) this.told.push(mark);
      if ((this.loading || this.telling) && REGRADED.includes(event.kind)) this.gradeSoon();
    });
  }

  /** Whether a moment has to wait for the events to be there. */
  get waiting() {
    return this.wanted !== null && this.settle !== null;
  }

  /** The number of the event that is shown, and of the newest one. */
  get at() {
    return this.session.model.seq;
  }

  get end() {
    return this.session.live.seq;
  }

  /** What stands out in the run: from its log as far as that is here, else as the server told it. */
  get marks() {
    return this.history.length < this.end && this.told.length ? this.told : this.history.marks;
  }

  #reset() {
    this.stream.close();
    this.history.clear();
    this.grades.clear();
    this.told = [];
    this.telling = null;
    this.loading = null;
    this.settle = null;
    this.wanted = null;
    this.whole = null;
    this.#stop();
  }

  /** Fetches the events so far, once for each run; those to come arrive by the session's own stream. */
  load() {
    this.loading ??= new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
      this.stream.open(this.session.record.id);
      this.gradeSoon(true);
    });
    return this.loading;
  }

  /** Fetches, once for each run, what stands out in a log that is too long to be fetched before somebody wants it. */
  loadMarks() {
    this.telling ??= this.#tellMarks(this.session.record.id);
    return this.telling;
  }

  async #tellMarks(id) {
    const { items } = await api.marks(id);
    if (this.session.record?.id !== id) return;
    const newest = items.at(-1)?.seq ?? 0;
    this.told = [...items, ...this.told.filter((mark) => mark.seq > newest)];
    this.gradeSoon(true);
  }

  #loaded(event) {
    this.history.push(event);
    if (this.history.length >= this.end) this.#settled();
  }

  #streamState(state, error) {
    if (state === "ended") this.#settled();
    else if (state === "lost") {
      this.settle?.reject(error);
      this.settle = null;
      this.loading = null;
    }
  }

  #settled() {
    this.stream.close();
    this.settle?.resolve();
    this.settle = null;
    this.session.tell("time");
  }

  async #grade() {
    const run = this.session.record?.id;
    if (!run) return;
    const found = await api.answers(run).catch(() => ({ items: [] }));
    if (this.session.record?.id !== run) return;
    for (const { answer, correct } of found.items) this.grades.set(answer, correct);
    this.session.tell("time");
  }

  /** Whether an answer of the run is right; null: nobody can tell (yet). */
  gradeOf(answer) {
    return this.grades.get(answer) ?? null;
  }

  /** Shows the run as it was after this event: the newest one leads back to the present. */
  async goTo(seq) {
    const { session } = this;
    this.wanted = Math.max(1, Math.round(seq));
    if (this.wanted >= this.end) {
      this.leave();
      return;
    }
    const { record } = session;
    try {
      const loading = this.load();
      session.tell("time"); // a long past takes a moment to load
      await loading;
    } catch (error) {
      session.say(t("player.notLoaded", { why: error.message }), error.hint);
      return;
    }
    // Somebody may have gone on meanwhile.
    if (session.record === null || session.record.id !== record.id || this.wanted === null) return;
    this.#show(Math.min(this.wanted, this.history.length));
  }

  #show(seq) {
    const { past, live } = this.session;
    if (!past || this.whole.seq < seq) this.whole = live.copy();
    const moment = this.history.moment(seq, past);
    moment.whole = this.whole;
    moment.gradeOf = (answer) => this.gradeOf(answer);
    this.session.lookBack(moment);
  }

  /** Back to the newest state, which grows on if the run does. */
  leave() {
    this.wanted = null;
    this.#stop();
    if (this.session.past) this.session.lookBack(null);
  }

  toggle() {
    if (this.playing) this.#stop();
    else this.play();
  }

  /** Goes on from the moment that is shown; from the present: plays everything from the start. */
  async play() {
    if (!this.session.record || this.end < 2) return;
    if (!this.session.past) await this.goTo(1);
    if (!this.session.past) return;
    this.playing = true;
    this.clock = this.session.past.seconds;
    this.ticked = performance.now();
    requestAnimationFrame((now) => this.#tick(now));
    this.session.tell("time");
  }

  #tick(now) {
    const { past } = this.session;
    if (!this.playing || !past) return;
    // Somebody moved the slider meanwhile.
    if (past.seq !== this.shown) this.clock = past.seconds;
    this.clock += (Math.max(0, now - this.ticked) / 1000) * this.speed;
    this.ticked = now;
    const seq = Math.max(past.seq, this.history.seqAt(this.clock));
    if (seq >= this.history.length) {
      this.leave();
      return;
    }
    if (seq > past.seq) this.#show(seq);
    this.shown = seq;
    requestAnimationFrame((next) => this.#tick(next));
  }

  #stop() {
    this.playing = false;
    this.session.tell("time");
  }
}

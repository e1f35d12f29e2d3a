/**
 * What one tab looks at: a run, its tree, the selected step. The panes read it and are told when
 * something changed; only this file and labels.js change it.
 *
 * Notices: "open" (another run, or none), "tree", "texts" (all of them are whole now), "label" (by this person,
 * just now), "select", "summary", "run" (the run's record), "event" (a new one, from the stream), "time" (another
 * moment), "undo" (there is more or less to take back), "problem" (another one is in the form), "connection", "message" (see notices.js).
 *
 * What the panes read is the newest state, or a moment of the past (time/player.js), which cannot be changed.
 */

import { ApiError, SHARED, api } from "./api.js";
import { fillTexts } from "./columns.js";
import { EMBEDDED } from "./embed.js";
import { Flags } from "./flags.js";
import { byPerson, words } from "./format.js";
import { Verdicts } from "./grades.js";
import { EventStream } from "./stream.js";
import { Summaries } from "./summaries.js";
import { presentName } from "./time/present.js";
import { Recent } from "./time/recent.js";
import { TreeModel } from "./tree-model.js";
import { Undo } from "./undo.js";
import { t } from "./words.js";

const ACTIVE = ["queued", "running"];
/** The events that add to the cost of the run, and what they add. */
const CHARGED = ["told", "requested"];
/** The events after which the run's answer may be right where it was not, be worth more or less, or the other way round. */
const REGRADED = ["answered", "graded", "labelled", "scored", "status"];
const ADDED_UP = ["generated_tokens", "prompt_tokens", "calls"];
/** What people do to the tree of a search that has ended and what may give it more to search. */
const OPENING = ["requested", "pruned"];
const REFRESH_MS = 400;

export class Session {
  constructor() {
    this.listeners = new Map();
    /** The tree and the run's record as they are now. */
    this.live = new TreeModel();
    this.record = null;
    /** @type {import("./time/moment.js").Moment|null} what is shown in their place */
    this.past = null;
    this.verdicts = new Verdicts();
    this.summaries = new Summaries();
    this.recent = new Recent(this);
    this.undo = new Undo(this);
    this.flags = new Flags(this);
    /** @type {number|null} the step chosen last, and the one last told of: see `selected` */
    this.chosen = null;
    this.told = null;
    this.selectedAt = 0;
    /** @type {number|null} a step to select once it is known here */
    this.wanted = null;
    /** @type {"idle"|"loading"|"live"|"waiting"|"ended"|"lost"} */
    this.connection = "idle";
    this.problem = null;
    /** How large the tree was as somebody pressed Resume, until the search ends again. */
    this.resumedWith = null;
    /** Whether somebody here gave the search more to go on with. */
    this.opened = false;
    this.shared = SHARED || EMBEDDED;
    this.refreshTimer = 0;
    this.clock = performance.now();
    this.stream = new EventStream({
      after: () => this.live.seq,
      event: (event) => this.receive(event),
      state: (state, error) => this.#streamState(state, error),
    });
    document.addEventListener("visibilitychange", () => this.#lookAgain());
  }

  on(notice, listener) {
    if (!this.listeners.has(notice)) this.listeners.set(notice, []);
    this.listeners.get(notice).push(listener);
  }

  tell(notice, detail) {
    for (const listener of this.listeners.get(notice) ?? []) listener(detail);
  }

  say(text, hint = "", bad = true) {
    this.tell("message", { text, hint, bad });
  }

  sayPast() {
    this.say(t("say.past"), t("say.pastHow", { button: presentName(this.record) }), false);
  }

  /** Something was to be done with the selected step, and there is none. */
  saySelect(hint = t(matchMedia("(pointer: coarse)").matches ? "say.selectHowTouch" : "say.selectHow")) {
    this.tell("message", { text: t("say.selectFirst"), hint, holds: () => this.selected === null });
  }

  /** The tree that is shown. */
  get model() {
    return this.past?.model ?? this.live;
  }

  /** The tree that gives steps their places. */
  get whole() {
    return this.past?.whole ?? this.live;
  }

  /** The run as it is shown. */
  get run() {
    return this.past ? this.past.run(this.record) : this.record;
  }

  /** @returns {number|null} the selected step; in the past none until the chosen one is there */
  get selected() {
    return this.model.nodes[this.chosen] ? this.chosen : null;
  }

  /** Whether nothing can be changed here. */
  get readOnly() {
    return this.shared || this.past !== null;
  }

  /** Shows the run as it was; null: as it is now. */
  lookBack(moment) {
    this.past = moment;
    for (const notice of ["tree", "run", "time"]) this.tell(notice);
    if (this.selected !== this.told) this.#tellSelected();
  }

  #tellSelected() {
    this.told = this.selected;
    this.tell("select", this.told);
  }

  get active() {
    return this.run !== null && ACTIVE.includes(this.run.status);
  }

  /** Seconds used so far: as last told by the server, and going on while the run goes on. */
  get seconds() {
    const told = this.run?.usage?.seconds;
    if (typeof told !== "number") return null;
    return this.past ? told : told + this.#secondsSinceTold;
  }

  get #secondsSinceTold() {
    return this.record.status === "running" ? (performance.now() - this.clock) / 1000 : 0;
  }

  /**
   * Opens a run and follows it; shows why when that cannot be done.
   * @param {() => Promise<void>} before what has to be done before anything of it is shown
   */
  async open(id, node = null, before = async () => {}) {
    this.#forget();
    this.wanted = null;
    this.opening = id;
    this.#connectionIs("loading");
    this.tell("open");
    try {
      const tree = await api.tree(id);
      if (this.opening !== id) return;
      this.live.load(tree);
      this.record = tree.run;
      await before();
      if (this.opening !== id) return;
      this.#setRun(tree.run);
    } catch (error) {
      if (this.opening === id) this.#lost(error);
      return;
    }
    this.tell("tree");
    if (node !== null) this.select(node);
    if (this.live.nodes.some((one) => one.cut)) this.#loadTexts(id);
    this.#loadVerdicts(id);
    this.#loadSummaries(id);
    this.#follow();
  }

  /** The texts that were cut short in the tree. */
  async #loadTexts(id) {
    try {
      const texts = await api.texts(id);
      if (this.opening !== id) return;
      fillTexts(this.live.nodes, texts);
      this.tell("texts");
    } catch (error) {
      if (this.opening === id) this.say(t("say.cut", { why: error.message }), error.hint);
    }
  }

  /** Who graded the answer, and why it could not be: the tree can be read without. */
  async #loadVerdicts(id) {
    const found = await api.grades(id).catch(() => ({ items: [] }));
    if (this.opening !== id) return;
    for (const verdict of found.items) this.verdicts.take(verdict);
    this.tell("run");
  }

  async #loadSummaries(id) {
    const found = await api.summaries(id).catch(() => ({ items: [] }));
    if (this.opening !== id) return;
    for (const summary of found.items) this.addSummary(summary);
  }

  addSummary(summary) {
    this.summaries.take(summary);
    this.tell("summary");
  }

  /** There is nothing to open: a link that leads nowhere. */
  deadLink() {
    this.#lost(new ApiError(404, "unknown_link", t("say.noTree"), ""));
  }

  closeRun() {
    this.opening = null;
    this.#forget();
    this.#connectionIs("idle");
    this.tell("open");
  }

  #forget() {
    this.opened = false;
    this.stream.close();
    this.live.clear();
    this.verdicts.clear();
    this.summaries.clear();
    this.past = null;
    this.record = null;
    this.chosen = null;
    this.told = null;
    this.problem = null;
  }

  /** @param {number|null} id */
  select(id) {
    if (id !== null && !this.live.nodes[id]) return;
    if (id === this.chosen) return;
    this.chosen = id;
    this.wanted = null;
    this.selectedAt = performance.now();
    this.#tellSelected();
  }

  /** Selects a step that the stream may not have brought yet. */
  selectSoon(id) {
    this.wanted = this.live.nodes[id] ? null : id;
    this.select(id);
  }

  /** Whether there may be more to search: the run was stopped, or it searched all there was and somebody changed its tree. */
  get resumable() {
    if (!this.run || this.active) return false;
    return this.unspent && (this.record.status !== "finished" || this.#touched);
  }

  /**
   * Twice the budget of a search that used its own up, or as many times as it takes: a last solution may have gone far
   * beyond. Null for any other search. @returns {Object<string, number>|null}
   */
  get doubledBudget() {
    if (this.run?.status !== "finished" || this.unspent) return null;
    const { usage = {}, budget } = this.record;
    const times = Math.max(1, ...Object.entries(budget).map(([key, limit]) => Math.floor((usage[key] ?? 0) / limit)));
    return Object.fromEntries(Object.entries(budget).map(([key, limit]) => [key, (times + 1) * limit]));
  }

  /** Whether the search may go on by its budget: what was stopped may, the server says if it has none left. */
  get unspent() {
    const { usage = {}, budget = {}, status } = this.record;
    return status !== "finished" || Object.entries(budget).every(([key, limit]) => !(usage[key] >= limit));
  }

  /** Whether somebody has been at the tree, which may have opened it again. */
  get #touched() {
    return this.opened || this.live.nodes.some((node) => node.label !== null || node.pruned || byPerson(node));
  }

  /** The run has ended, and so has its stream; but somebody has just changed its tree. */
  catchUp() {
    if (this.run && this.connection === "ended") this.#follow();
  }

  /** One event of the run, from the stream. */
  receive(event) {
    const fresh = event.seq > this.live.seq;
    const changed = this.live.apply(event);
    if (CHARGED.includes(event.kind) && fresh) this.#addUsage(event);
    if (OPENING.includes(event.kind) && fresh && !this.active) this.opened = true;
    if (event.kind === "status") {
      // Until the server tells it again, the time used is what was counted here.
      const usage = { ...this.record.usage, seconds: (this.record.usage?.seconds ?? 0) + this.#secondsSinceTold };
      this.record = { ...this.record, usage, status: event.status, reason: event.reason };
      this.clock = performance.now();
      this.tell("run");
      if (fresh) this.#sayIfNothingCame(event);
    }
    if (event.kind === "answered" && fresh) {
      const { answer } = event;
      // Of an answer that nobody here has judged it is not known whether it is right: undefined, until the run says so.
      const correct = this.verdicts.byPerson(answer) ?? (answer === this.record.answer ? this.record.correct : undefined);
      this.record = { ...this.record, answer, correct, answer_value: undefined };
      this.tell("run");
    }
    if (fresh) this.tell("event", event);
    if (event.kind === "graded") this.verdicts.take(event);
    if (event.kind === "summarized") this.addSummary(event);
    if (REGRADED.includes(event.kind)) this.refreshSoon();
    if (changed) this.tell("tree");
    if (this.wanted !== null && this.live.nodes[this.wanted]) this.select(this.wanted);
  }

  /** @param {"pause"|"resume"|"stop"} action @param {Object<string, number>} [budget] see `api.steer` */
  async steer(action, budget) {
    const { id } = this.record;
    this.resumedWith = action === "resume" ? this.live.size : null;
    try {
      const run = await api.steer(id, action, budget);
      if (this.record?.id !== id) return;
      this.#take(run);
      if (this.connection !== "live") this.#follow();
    } catch (error) {
      this.say(error.message, error.hint);
    }
  }

  /** A search that was resumed and has ended as it was: pressing the button did nothing, and why. */
  #sayIfNothingCame({ status, reason }) {
    if (ACTIVE.includes(status)) return;
    if (status === "finished" && this.resumedWith === this.live.size) {
      this.say(t("bar.nothingToResume", { reason: words(reason) }), t("bar.giveMore"), false);
    }
    this.resumedWith = null;
  }

  #follow() {
    this.#connectionIs("live");
    this.stream.open(this.record.id);
  }

  /** Back in front of the person: an ended run may have been resumed or labelled elsewhere since. */
  #lookAgain() {
    if (!document.hidden) this.catchUp();
  }

  #setRun(run) {
    this.record = run;
    this.clock = performance.now();
    this.tell("run");
  }

  #addUsage(counts) {
    const sum = { ...this.record.usage };
    for (const key of ADDED_UP) sum[key] = (sum[key] ?? 0) + (counts[key] ?? 0);
    this.record = { ...this.record, usage: sum };
    this.tell("run");
  }

  /** Whether the answer is right, and the exact cost, only the run itself says. */
  refreshSoon() {
    clearTimeout(this.refreshTimer);
    const { id } = this.record;
    this.refreshTimer = setTimeout(async () => {
      const run = await api.run(id).catch(() => null);
      if (!run || this.record?.id !== id) return;
      this.#take(run);
    }, REFRESH_MS);
  }

  /** What was asked for before the latest events must not overwrite what they said. */
  #take(run) {
    if (run.seq < this.live.seq) this.refreshSoon();
    else this.#setRun(run);
  }

  #streamState(state, error) {
    if (state === "lost") this.#lost(error);
    else this.#connectionIs(state);
    if (state === "ended") this.refreshSoon();
  }

  #lost(error) {
    this.problem = error;
    this.#connectionIs("lost");
    this.tell("open");
  }

  #connectionIs(state) {
    this.connection = state;
    this.tell("connection", state);
  }
}

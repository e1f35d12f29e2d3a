/** Paths in plain words: what models wrote about them, and the button that has it written. */

import { api, uuid } from "./api.js";
import { h, setText } from "./dom.js";
import { t } from "./words.js";

/** What was written about the paths of one run: the newest of each, by the step that the path leads to. */
export class Summaries {
  constructor() {
    this.clear();
  }

  clear() {
    this.written = new Map();
  }

  /** @param {{node: number, text: string, model: string, at: string}} summary */
  take(summary) {
    const before = this.written.get(summary.node);
    if (!before || Date.parse(before.at) <= Date.parse(summary.at)) this.written.set(summary.node, summary);
  }

  of(node) {
    return this.written.get(node) ?? null;
  }
}

/** The "Sum up" button of the path that is read, and the card above it. */
export class SummaryControl {
  /** @param {import("./session.js").Session} session */
  constructor(session) {
    this.session = session;
    this.node = 0;
    /** The generators that can be told in words. @type {string[]} */
    this.writers = [];
    /** Paths that are being summed up, and requests whose fate is not known: asked again, they keep their id. */
    this.writing = new Set();
    this.unanswered = new Map();
    this.button = h("button.tw-icon-button.tw-sum-up", {
      type: "button", title: t("summary.title"), onclick: () => this.#write(),
    }, t("summary.button"));
    this.text = h("p.tw-card-text", { dir: "auto" });
    this.by = h("span.tw-card-id");
    this.card = h("aside.tw-summed", { "aria-label": t("summary.label"), "aria-live": "polite" },
      h("header.tw-card-head", {}, h("span.tw-tag", {}, t("summary.head")), this.by), this.text);
    this.show(0);
    if (!session.shared) this.#findWriters();
  }

  /** @param {number} node the step that the path leads to; 0 while there is none */
  show(node) {
    this.node = node;
    const { session } = this;
    const busy = this.writing.has(this.#key(node));
    const summary = session.summaries.of(node);
    this.button.hidden = session.readOnly || !this.writers.length || session.connection === "lost";
    this.button.disabled = busy || node === 0;
    this.card.hidden = !busy && !summary;
    this.text.classList.toggle("tw-dim", busy);
    setText(this.text, busy ? t("summary.writing") : (summary?.text ?? ""));
    setText(this.by, busy ? "" : (summary?.model ?? ""));
  }

  #key(node) {
    return `${this.session.run?.id} ${node}`;
  }

  /** Without them there is no button; everything else works. */
  async #findWriters() {
    const { generators } = await api.models().catch(() => ({ generators: [] }));
    this.writers = generators.filter((one) => one.writes).map((one) => one.name);
    this.session.tell("summary");
  }

  async #write() {
    const { session, node, writers } = this;
    const { id: run, generator: own } = session.run;
    const key = this.#key(node);
    const generator = writers.includes(own) ? own : writers[0];
    const id = this.unanswered.get(key) ?? uuid();
    this.unanswered.set(key, id);
    this.writing.add(key);
    session.tell("summary");
    try {
      const summary = await api.summarize(run, { node, generator, id });
      this.unanswered.delete(key);
      if (session.run?.id === run) {
        session.addSummary(summary);
        session.catchUp();
      }
    } catch (error) {
      if (session.run?.id === run) session.say(t("summary.failed", { why: error.message }), error.hint);
    }
    this.writing.delete(key);
    session.tell("summary");
  }
}

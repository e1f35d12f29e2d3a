/** The outline's search: words and a quick filter, how many steps match, and the way from one to the next. */

import { api } from "./api.js";
import { h, setText } from "./dom.js";
import { whole } from "./format.js";
import { FILTERS, contains, isMatch, wantedBy } from "./outline-rows.js";
import { t } from "./words.js";

const TYPED_MS = 120;
const REGRADED_MS = 1500;
const BY_GRADE = ["right", "wrong"];

export class Finder {
  /**
   * @param {import("./session.js").Session} session
   * @param {{changed: () => void, found: () => void, leave: () => void}} handlers changed: something else is looked for;
   *   found: for the same, there may be other matches; leave: the keyboard goes on in the list
   */
  constructor(session, handlers) {
    this.session = session;
    this.handlers = handlers;
    this.text = "";
    this.filter = "";
    /** @type {number[]} the steps that match, in the order of the outline */
    this.matches = [];
    /** @type {Map<string, boolean|null>} whether each answer of the run `graded` is right */
    this.right = new Map();
    this.graded = null;
    this.asking = 0;
    /** Whether the first match is to be selected as soon as there is one. */
    this.toShow = false;
    this.#build();
  }

  get active() {
    return this.text !== "" || this.filter !== "";
  }

  /** @returns {Uint8Array|null} see `wantedBy`; null where nothing is looked for */
  wanted() {
    if (!this.active) return null;
    const { model } = this.session;
    const passes = FILTERS[this.filter]?.passes ?? (() => true);
    const known = { right: this.right, corrected: new Set() };
    for (const { corrects } of model.nodes) if (corrects !== null) known.corrected.add(corrects);
    const { text } = this;
    return wantedBy(model, (node) => passes(node, known) && (text === "" || contains(node, text)));
  }

  /** @param {import("./outline-rows.js").Row[]} rows @param {Uint8Array|null} wanted */
  found(rows, wanted) {
    this.matches = wanted ? rows.filter((row) => isMatch(wanted, row.id)).map((row) => row.id) : [];
    const { session, matches } = this;
    if (this.toShow && matches.length) {
      this.toShow = false;
      if (!matches.includes(session.selected)) session.select(matches[0]);
    }
    this.#count();
    if (this.byGrade && session.model.size) this.#keepGraded();
  }

  get byGrade() {
    return BY_GRADE.includes(this.filter);
  }

  /** Goes to the next match, or the one before; round the end. @param {1|-1} by */
  go(by) {
    const { matches, session } = this;
    if (!this.active) this.focus();
    if (!matches.length) return;
    const at = matches.indexOf(session.selected);
    const next = at >= 0 ? at + by : by > 0 ? 0 : matches.length - 1;
    session.select(matches[(next + matches.length) % matches.length]);
    this.#count();
  }

  focus() {
    this.input.focus();
    this.input.select();
  }

  clear() {
    this.#set("", "");
  }

  /** For the address; null for what is not looked for. */
  written() {
    return { find: this.text || null, only: this.filter || null };
  }

  /** @param {URLSearchParams} query as `written` */
  read(query) {
    this.#set(query.get("find") ?? "", query.get("only") ?? "");
  }

  /** The number of the selected match. */
  #count() {
    const { matches, session } = this;
    const at = matches.indexOf(session.selected);
    const asking = this.byGrade && this.graded !== session.run?.id;
    const of = asking ? t("finder.asking") : t("finder.matches", { count: matches.length });
    setText(this.status, this.active ? (at < 0 ? of : t("finder.at", { place: whole(at + 1), matches: of })) : "");
    this.previous.disabled = this.next.disabled = matches.length === 0;
    this.steps.hidden = !this.active;
  }

  selected() {
    this.#count();
  }

  #build() {
    const button = (text, title, act) =>
      h("button.tw-icon-button", { type: "button", title, "aria-label": title, onclick: act }, text);
    this.input = h("input.tw-find", {
      type: "search", placeholder: t("finder.placeholder"), "aria-label": t("finder.label"), maxlength: 200, autocomplete: "off",
      oninput: () => this.#typed(), onkeydown: (event) => this.#key(event),
    });
    this.select = h("select.tw-select.tw-only", { "aria-label": t("finder.which"), onchange: () => this.#chosen() },
      h("option", { value: "" }, t("finder.all")),
      Object.entries(FILTERS).map(([name, { title }]) => h("option", { value: name }, title)));
    this.status = h("span.tw-count", { role: "status" });
    this.previous = button("↑", t("finder.previous"), () => this.go(-1));
    this.next = button("↓", t("finder.next"), () => this.go(1));
    this.steps = h("span.tw-matches", { hidden: true }, this.status, this.previous, this.next,
      button("×", t("finder.clear"), () => this.clear()));
    this.element = h("div.tw-finder", { role: "search" }, this.steps, this.input, this.select);
  }

  /** Whoever chooses what to look for wants to see the first of it. */
  #chosen() {
    this.toShow = this.select.value !== "";
    this.#set(this.input.value, this.select.value);
  }

  #typed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#set(this.input.value, this.filter), TYPED_MS);
  }

  #set(text, filter) {
    clearTimeout(this.timer);
    const before = `${this.filter} ${this.text}`;
    this.text = text.trim().toLowerCase().slice(0, 200);
    this.filter = Object.hasOwn(FILTERS, filter) ? filter : "";
    if (this.input.value.trim().toLowerCase() !== this.text) this.input.value = text;
    this.select.value = this.filter;
    if (`${this.filter} ${this.text}` !== before) this.handlers.changed();
  }

  #key(event) {
    if (event.key === "Enter") {
      this.#set(this.input.value, this.filter);
      this.go(event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape" || event.key === "ArrowDown") this.handlers.leave();
    else return;
    event.preventDefault();
  }

  /** Which answers are right only the server can tell; and there may be new answers, and new verdicts. */
  #keepGraded() {
    const { run, model } = this.session;
    if (this.asking || (this.graded === run.id && this.gradedAt === model.seq)) return;
    this.asking = setTimeout(() => this.#ask(run.id), this.graded === run.id ? REGRADED_MS : 0);
  }

  async #ask(id) {
    const at = this.session.model.seq;
    let right = new Map();
    try {
      right = new Map(Object.entries((await api.gradedAnswers(id)).items));
    } catch (error) {
      this.session.say(t("finder.notGraded", { why: error.message }), error.hint);
    }
    this.asking = 0;
    if (this.session.run?.id !== id) return;
    Object.assign(this, { right, graded: id, gradedAt: at });
    this.handlers.found();
  }
}

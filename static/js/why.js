/**
 * Why the search went on with the selected step: the numbers that the strategy chose by, for it and for those beside
 * it, as the server's own selection code works them out. Asked for only while it is open.
 */

import { api } from "./api.js";
import { fill, h } from "./dom.js";
import { decimal, words } from "./format.js";
import { coalesced } from "./schedule.js";
import { SHUT, plainly } from "./why-words.js";
import { pieces, said, t } from "./words.js";

const MOST_ROWS = 12;
const REFRESH_MS = 1200;
const MEANS = {
  Q: t("term.q"),
  P: t("term.prior"),
  n: t("term.visits"),
  v: t("term.virtual"),
  U: t("term.u"),
  m: t("term.mean"),
  s: t("term.width"),
  ν: t("term.freedom"),
  N: t("term.parentVisits"), V: t("term.parentVirtual"), c: t("term.weight"),
  value: t("term.value"), rank: t("term.rank"),
};

export class Why {
  /** @param {import("./session.js").Session} session @param {(seq: number) => void} goTo shows a moment */
  constructor(session, goTo) {
    this.session = session;
    this.goTo = goTo;
    this.asked = 0;
    this.shown = "";
    this.body = h("div.tw-why-body", { "aria-live": "polite" });
    this.element = h("details.tw-why", { hidden: true, ontoggle: () => this.#toggled() },
      h("summary", {}, t("why.title")), this.body);
    this.loadSoon = coalesced(() => this.#load(), REFRESH_MS);
    for (const notice of ["tree", "time"]) session.on(notice, () => this.loadSoon());
    for (const notice of ["select", "open"]) session.on(notice, () => this.#load());
  }

  /** What was opened at the lower edge is not below it. */
  async #toggled() {
    await this.#load();
    if (this.element.open) this.element.scrollIntoView({ block: "nearest" });
  }

  async #load() {
    const { session } = this;
    const node = session.selected;
    this.element.hidden = !node; // the problem was not chosen
    if (!node || !this.element.open || session.connection === "lost") return;
    const asked = (this.asked += 1);
    const key = `${session.run.id} ${node} ${session.model.seq}`;
    if (key === this.shown) return;
    if (!this.body.firstChild) fill(this.body, h("p.tw-dim", {}, t("why.working")));
    try {
      const choice = await api.choice(session.run.id, node, session.model.seq);
      // An answer that was overtaken by a later one is out of date.
      if (asked !== this.asked || session.selected !== node) return;
      this.shown = key;
      this.#show(choice, node);
    } catch (error) {
      if (asked === this.asked) fill(this.body, h("p.tw-dim", {}, `${error.message} ${error.hint}`));
    }
  }

  #show(choice, node) {
    const own = choice.candidates.find((one) => one.node === node);
    const plain = plainly(choice, node).join(t("why.between"));
    const out = this.session.model.prunedAt(node);
    fill(this.body,
      out !== null && h("p.tw-why-out", {}, t(out === node ? "why.out" : "why.outAbove", { node, above: out })),
      plain && h("p.tw-why-plain", {}, plain),
      h(plain ? "p.tw-dim" : "p", {}, said(choice.about)),
      choice.candidates.length > 0 && this.#moment(choice),
      choice.candidates.length > 0 && this.#table(choice, node),
      own && choice.formula && this.#formula(choice, own));
  }

  #moment({ made, seq }) {
    if (!made) return h("p.tw-dim", {}, t("why.notMade", { event: seq }));
    return h("p.tw-dim", {}, pieces("why.made", {
      event: h("button.tw-link.tw-why-moment", { type: "button", onclick: () => this.goTo(seq + 1) }, t("why.atEvent", { event: seq + 1 })),
    }));
  }

  #table({ candidates, rule }, node) {
    const terms = Object.keys(candidates[0].terms).filter((name) => candidates.some((one) => one.terms[name] !== null));
    const sums = rule === "puct" || rule === "uct";
    const rows = inOrder(candidates, node);
    return h("div.tw-why-table", {}, h("table", {},
      h("thead", {}, h("tr", {}, h("th", {}, t("why.step")), terms.map((name) => h("th", { title: MEANS[name] ?? null }, name)), sums && h("th", {}, "Q + U"))),
      h("tbody", {}, rows.map((one) => this.#row(one, terms, sums, node))),
    ), rows.length < candidates.length && h("p.tw-dim", {}, t("list.more", { count: candidates.length - rows.length })));
  }

  #row(one, terms, sums, node) {
    const name = one.node === null ? h("span", {}, words(one.name))
      : h("button.tw-link", { type: "button", onclick: () => this.session.select(one.node) }, `#${one.node}`);
    const looks = [one.node === node && "tw-own", one.chosen && "tw-chosen", !one.open && "tw-shut"].filter(Boolean);
    return h(`tr${looks.map((look) => `.${look}`).join("")}`, {},
      h("th", {}, name, one.chosen && h("span", { title: t("why.chosen") }, " ✓"), !one.open && h("span.tw-why-shut", {}, SHUT[one.shut] ?? "")),
      terms.map((term) => h("td", {}, number(one.terms[term]))), sums && h("td", {}, decimal(one.score)));
  }

  /** The formula, and the same with the numbers of the selected step. */
  #formula({ formula, shared }, { terms, score, node }) {
    const known = { ...shared, ...terms };
    const filled = formula.replace(/[\p{L}]+/gu, (name) => (name in known ? number(known[name]) : name));
    const names = Object.keys(shared);
    return h("div.tw-why-formula", {},
      h("p", {}, formula),
      h("p", {}, h("span.tw-dim", {}, `#${node}: `), filled, score === null ? "" : ` =\u00a0${decimal(score)}`),
      names.length > 0 && h("p.tw-dim", {}, names.map((name, k) =>
        h("span", { title: MEANS[name] ?? null }, `${k ? ", " : ""}${name} = ${number(shared[name])}`))));
  }
}

/** Counts as they are, everything else with two decimals. */
const number = (value) => (Number.isInteger(value) ? String(value) : decimal(value));

/**
 * What could be chosen, the best first, and then what could not; of many only so many, but always what was chosen and
 * what is selected.
 */
function inOrder(candidates, node) {
  const key = (one) => (one.node === null ? Infinity : (one.score ?? one.terms.m ?? 0));
  const sorted = [...candidates].sort((a, b) => b.open - a.open || key(b) - key(a));
  return sorted.filter((one, k) => k < MOST_ROWS || one.chosen || one.node === node);
}

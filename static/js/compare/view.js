/**
 * Two runs side by side: both trees, live while they grow, how they went, and where their answers' paths part.
 * Loaded when the first comparison is opened; the view of a single run does without it.
 */

import { fill, h, setText } from "../dom.js";
import { oneLine } from "../format.js";
import { languageButton } from "../language.js";
import { legend } from "../legend.js";
import { coalesced } from "../schedule.js";
import { listed, t } from "../words.js";
import { Course } from "./course.js";
import { Difference } from "./difference.js";
import { sameStep, unlike } from "./paths.js";
import { Side } from "./side.js";
import { Standings } from "./standings.js";

export class Comparison {
  /**
   * @param {string} plotlyUrl
   * @param {{leave, choose, keys, theme, open: (run: string) => void, strategyTitle: (name: string) => string,
   *   selected: (nodes: (number|null)[]) => void}} actions choose: another run to compare this one with
   */
  constructor(plotlyUrl, actions) {
    this.actions = actions;
    /** Of each drawing, the pixels between neighbours: marks are sized alike, by the lesser of the two. */
    this.units = new Map();
    this.sides = ["A", "B"].map((letter) => new Side(letter, plotlyUrl, {
      ...actions, sizing: (unit) => this.#sizing(letter, unit),
    }));
    this.chosen = this.sides[0];
    this.mirroring = false;
    this.difference = new Difference(this.sides);
    this.#build(plotlyUrl);
    this.#listen();
  }

  /** @param {(string|null)[]} runs @param {(number|null)[]} nodes selected */
  show(runs, nodes) {
    this.element.hidden = false;
    this.sides.forEach((side, k) => {
      const { session } = side;
      const id = runs[k] ?? null;
      side.echo = false;
      if (id !== null && id === session.run?.id) {
        session.select(nodes[k] ?? null);
        return;
      }
      this.units.delete(side.letter);
      if (id === null) session.closeRun();
      else session.open(id, nodes[k] ?? null);
    });
    this.#show();
  }

  hide() {
    this.element.hidden = true;
    for (const { session } of this.sides) session.closeRun();
  }

  /** What browser tests look at. */
  get state() {
    return this.sides.map(({ session: { model, run, selected, connection }, overview }) => ({
      model, run, selected, connection, drawn: overview.drawn, sizes: overview.nodeLink.scene?.sizes, pixel: (id) => overview.pixel(id),
    }));
  }

  /** The run to find another one for: the first that is there. */
  get #present() {
    return this.sides.map(({ session }) => session.run).find(Boolean) ?? null;
  }

  #build(plotlyUrl) {
    const { actions } = this;
    const icon = (text, title, act, kind = "") =>
      h(`button.tw-icon-button${kind}`, { type: "button", title, "aria-label": title, onclick: act }, text);
    this.problem = h("h1.tw-problem", { dir: "auto" });
    this.note = h("p.tw-compare-note", { role: "status", hidden: true });
    this.other = h("button.tw-button", { type: "button", title: t("compare.otherTitle"), onclick: () => actions.choose(this.#present) }, t("compare.other"));
    this.element = h("div.tw-compare", { role: "region", "aria-label": t("compare.label"), hidden: true },
      h("header.tw-runbar.tw-compare-bar", {}, h("div.tw-run-line", {},
        h("button.tw-button.tw-leave", { type: "button", title: t("compare.backTitle"), onclick: actions.leave }, t("compare.back")), this.problem,
        h("div.tw-run-buttons", {}, this.other, icon("?", t("keys.title"), actions.keys, ".tw-for-keyboard"), icon("◐", t("bar.themeLabel"), actions.theme), languageButton(actions.language)))),
      this.note,
      h("div.tw-compare-scroll", {},
        h("div.tw-pair", {}, this.sides.map((side) => side.element)), legend(),
        h("div.tw-compare-below", {}, new Course(this.sides, plotlyUrl).element, this.difference.element),
        new Standings(this.sides, plotlyUrl).element));
  }

  #listen() {
    const grown = coalesced(() => this.#grown());
    for (const side of this.sides) {
      const { session } = side;
      session.on("select", () => this.mirroring || this.#selected(side));
      for (const notice of ["run", "tree", "texts"]) session.on(notice, () => grown());
      session.on("open", () => this.#show());
    }
  }

  #show() {
    const [one, other] = this.sides.map((side) => side.session.run);
    this.other.hidden = !this.#present || this.sides[0].session.shared;
    setText(this.problem, one ? oneLine(one.problem, 300) : t("compare.title"));
    this.problem.title = one?.problem ?? "";
    const notes = one && other ? notesOn(one, other) : "";
    this.note.hidden = !notes;
    setText(this.note, notes);
    this.difference.show();
  }

  #selected(side) {
    this.chosen = side;
    this.#mirror();
    this.actions.selected(this.sides.map(({ session }) => session.selected));
  }

  /** Selects in the other tree what is selected in this one, as far as it is there. */
  #mirror() {
    const { session: { model, selected } } = this.chosen;
    const other = this.sides.find((side) => side !== this.chosen);
    this.mirroring = true;
    other.session.select(selected === null ? null : sameStep(model, selected, other.session.model));
    this.mirroring = false;
    this.chosen.echo = false;
    other.echo = selected !== null;
    for (const side of this.sides) side.showStep();
  }

  /** The step that was looked for may be there by now. */
  #grown() {
    this.#show();
    if (this.chosen.session.selected !== null) this.#mirror();
  }

  #sizing(letter, unit) {
    const before = Math.min(...this.units.values());
    this.units.set(letter, unit);
    const least = Math.min(...this.units.values());
    if (least !== before) this.sides?.find((side) => side.letter !== letter).overview.schedule();
    return least;
  }
}

function notesOn(one, other) {
  if (one.id === other.id) return t("compare.sameTwice");
  const differing = unlike(one, other);
  return differing.length ? t("compare.unlike", { what: listed(differing) }) : "";
}

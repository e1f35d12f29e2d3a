/** One of the two runs: what is said about it, its tree, and the step selected there. */

import { newCard, updateCard } from "../card.js";
import { fill, h, setText } from "../dom.js";
import { arrowFrom } from "../keys.js";
import { Overview } from "../overview.js";
import { RunFacts } from "../run-facts.js";
import { coalesced } from "../schedule.js";
import { Session } from "../session.js";
import { t } from "../words.js";

const ARROWS = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"];

export class Side {
  /**
   * @param {"A"|"B"} letter
   * @param {string} plotlyUrl
   * @param {{open: (run: string) => void, strategyTitle: (name: string) => string, sizing: (unit: number) => number}} actions
   */
  constructor(letter, plotlyUrl, actions) {
    this.letter = letter;
    this.actions = actions;
    this.session = new Session();
    this.overview = new Overview(this.session, plotlyUrl, actions.sizing);
    this.facts = new RunFacts(this.session);
    /** Whether what is selected here follows what was selected in the other tree. */
    this.echo = false;
    this.#build();
    for (const notice of ["open", "connection"]) this.session.on(notice, () => this.#show());
    const changed = coalesced(() => {
      this.#show();
      this.showStep();
    });
    for (const notice of ["run", "tree", "texts"]) this.session.on(notice, () => changed());
    this.#show();
  }

  get name() {
    const { run } = this.session;
    return run ? this.actions.strategyTitle(run.strategy) : t("side.run", { letter: this.letter });
  }

  /** The card of the selected step, or why there is none. */
  showStep() {
    const { model, selected } = this.session;
    const node = selected === null ? null : model.nodes[selected];
    this.element.classList.toggle("tw-echo", this.echo);
    if (!node) {
      this.card = null;
      const text = this.echo ? t("side.notHere") : t("side.select");
      fill(this.step, this.session.run && h("p.tw-dim", {}, text));
      return;
    }
    if (this.card?.dataset.id !== String(node.id)) {
      this.card = newCard(node, (id) => this.session.select(id));
      fill(this.step, this.card);
    }
    updateCard(this.card, node, { selected: false, parent: null, out: model.prunedAt(node.id) !== null });
  }

  #build() {
    const { letter, overview } = this;
    this.title = h("h2.tw-side-strategy");
    this.open = h("button.tw-button", { type: "button", title: t("side.openTitle"), onclick: () => this.actions.open(this.session.run.id) }, t("side.open"));
    const { status, answer, cost } = this.facts;
    this.trouble = h("div.tw-side-trouble", { role: "alert", hidden: true });
    this.step = h("div.tw-side-step", { "aria-live": "polite" });
    overview.plot.tabIndex = 0;
    overview.plot.setAttribute("role", "group");
    overview.plot.setAttribute("aria-label", t("side.tree", { letter }));
    overview.plot.addEventListener("keydown", (event) => this.#key(event));
    overview.plot.addEventListener("pointerdown", () => overview.plot.focus({ preventScroll: true }), true);
    this.element = h(`section.tw-side.tw-side-${letter.toLowerCase()}`, { "aria-label": t("side.run", { letter }) },
      h("header.tw-side-head", {},
        h("div.tw-run-line", {}, h("i.tw-letter", { "aria-hidden": "true" }, letter), this.title, status, this.open),
        h("div.tw-run-line.tw-run-second", {}, answer, cost)),
      overview.element, this.trouble, this.step);
  }

  #show() {
    const { run, connection, problem } = this.session;
    const lost = connection === "lost";
    this.facts.show();
    setText(this.title, this.name);
    this.open.hidden = !run || lost;
    this.trouble.hidden = Boolean(run) && !lost;
    if (lost) fill(this.trouble, h("b", {}, problem.message), h("span", {}, t("side.deleted")));
    else fill(this.trouble, connection === "loading" ? t("pane.loading") : t("side.nothing"));
    this.element.classList.toggle("tw-side-empty", !this.trouble.hidden);
    if (!run || lost) this.showStep();
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { session, overview } = this;
    const looks = { f: () => overview.fit(), "+": () => overview.zoom(0.65), "-": () => overview.zoom(1.55) };
    if (ARROWS.includes(event.key)) {
      const to = arrowFrom(session.model, session.selected, event.key);
      if (to !== null) session.select(to);
    } else if (looks[event.key]) looks[event.key]();
    else return;
    event.preventDefault();
  }
}

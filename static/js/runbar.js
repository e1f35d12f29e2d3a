/** The bar above the panes: the problem, the facts about its run, and the run's buttons. */

import { showAboutRun } from "./about-run.js";
import { SAVED } from "./api.js";
import { fill, h, setText } from "./dom.js";
import { oneLine, whole, words } from "./format.js";
import { GradeControl } from "./grades.js";
import { languageButton } from "./language.js";
import { openMenu } from "./menu.js";
import { RunFacts } from "./run-facts.js";
import { t } from "./words.js";

export class RunBar {
  /**
   * @param {import("./session.js").Session} session
   * @param {{share, compare, keys, theme, form: () => void, runs?: HTMLElement, menu: (button: HTMLElement) => any[], exports: (button: HTMLElement) => void, strategyTitle: (name: string) => string}} actions
   */
  constructor(session, actions) {
    this.session = session;
    this.about = new RunFacts(session);
    this.strategyTitle = actions.strategyTitle;
    this.#build(actions);
    for (const notice of ["run", "tree", "open", "connection", "undo"]) session.on(notice, () => this.#show());
    this.#show();
  }

  #build(actions) {
    const { session } = this;
    const button = (text, title, act, kind = "tw-button") =>
      h(`button.${kind}`, { type: "button", title, onclick: act }, text);
    this.problem = h("h1.tw-problem", { dir: "auto" });
    this.facts = h("div.tw-run-facts");
    this.pause = button(t("bar.pause"), t("bar.pauseTitle"), () => session.steer("pause"));
    this.resume = button(t("bar.resume"), t("bar.resumeTitle"), () => session.steer("resume"), "tw-button.tw-resume");
    this.goOn = button(t("bar.goOn"), "", () => session.steer("resume", session.doubledBudget), "tw-button.tw-go-on");
    this.stop = button(t("bar.stop"), t("bar.stopTitle"), () => session.steer("stop"), "tw-button.tw-stop");
    this.compare = button(t("bar.compare"), t("bar.compareTitle"), actions.compare, "tw-button.tw-compare-with");
    this.share = button(t("bar.share"), t("bar.shareTitle"), actions.share, "tw-button.tw-share");
    this.save = button(t("bar.export"), t("bar.exportTitle"), () => actions.exports(this.save), "tw-button.tw-export");
    this.undo = h("button.tw-icon-button.tw-undo", { type: "button", title: t("undo.title"), "aria-label": t("undo.title"), onclick: () => session.undo.last() }, "↶");
    this.more = h("button.tw-icon-button.tw-run-menu", {
      type: "button", title: t("bar.more"), "aria-label": t("bar.more"), "aria-haspopup": "menu",
      onclick: () => openMenu(this.more, [this.#aboutItem(), ...this.#goOnItem(), ...actions.menu(this.more)]),
    }, "⋯");
    this.form = button("", t("bar.formTitle"), actions.form, "tw-button.tw-form-toggle");
    this.form.append(h("span.tw-when-tree", {}, t("bar.newShort")), h("span.tw-when-form", {}, t("bar.backToTree")));
    const tools = [
      h("button.tw-icon-button.tw-for-keyboard", { type: "button", title: t("bar.keys"), "aria-label": t("keys.title"), onclick: actions.keys }, "?"),
      h("button.tw-icon-button.tw-theme", { type: "button", title: t("bar.theme"), "aria-label": t("bar.themeLabel"), onclick: actions.theme }, "◐"),
      languageButton(actions.language),
    ];
    const { status, answer, cost } = this.about;
    this.grading = new GradeControl(session);
    this.element = h("header.tw-runbar", {},
      h("div.tw-run-line", {}, status, this.problem,
        h("div.tw-run-buttons", {}, actions.runs, this.undo, this.pause, this.resume, this.goOn, this.stop, this.compare, this.share, this.save, this.more, this.form, tools)),
      h("div.tw-run-line.tw-run-second", {}, answer, this.grading.element, this.facts, cost));
  }

  #show() {
    const { session } = this;
    const { run } = session;
    this.element.classList.toggle("tw-no-run", !run);
    const owned = run !== null && !session.shared && session.connection !== "lost";
    const may = owned && !session.past;
    this.pause.hidden = !(may && session.active);
    this.resume.hidden = !(may && session.resumable);
    this.#showGoOn(may ? session.doubledBudget : null);
    this.stop.hidden = !(may && (session.active || run.status === "paused"));
    this.compare.hidden = !owned;
    this.share.hidden = !owned;
    this.more.hidden = !owned;
    this.undo.hidden = !(may && session.undo.done.length);
    this.save.hidden = run === null || session.connection === "lost";
    // A shared tree has no form to go to.
    this.form.hidden = session.shared;
    this.about.show();
    this.grading.show();
    if (!run) {
      setText(this.problem, session.shared ? t("bar.shared") : "");
      fill(this.facts);
      return;
    }
    setText(this.problem, oneLine(run.problem, 300));
    this.problem.title = run.problem;
    const about = [this.strategyTitle(run.strategy), words(run.reason)].filter(Boolean);
    fill(this.facts, session.shared && h("span.tw-badge", {}, SAVED ? t("bar.savedReadOnly") : t("bar.sharedReadOnly")), h("button.tw-link", { type: "button", title: t("aboutRun.title"), onclick: () => this.#showAbout() }, about.join(" · ")));
  }

  #showGoOn(budget) {
    this.goOn.hidden = budget === null;
    const limits = Object.entries(budget ?? {}).map(([name, limit]) => `${whole(limit)} ${name === "nodes" ? t("cost.nodes") : words(name)}`);
    if (budget) this.goOn.title = t("bar.goOnTitle", { limits: limits.join(", ") });
  }

  /** Where its button has no room: the layout of small screens hides it. */
  #goOnItem() {
    const { goOn } = this;
    return goOn.hidden || goOn.checkVisibility() ? [] : [{ title: t("bar.goOn"), about: goOn.title, act: () => goOn.click() }];
  }

  #aboutItem() {
    return { title: t("aboutRun.title"), act: () => this.#showAbout() };
  }

  #showAbout() {
    showAboutRun(this.session, this.strategyTitle);
  }
}

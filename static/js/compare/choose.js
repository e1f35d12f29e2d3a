/** The dialog that finds a run something to be compared with: a new search of the same problem, or another run. */

import { api } from "../api.js";
import { openDialog } from "../dialogs.js";
import { fill, h, setText } from "../dom.js";
import { aboutRun, oneLine } from "../format.js";
import { whyUngraded } from "../grades.js";
import { said, t } from "../words.js";

const HOW_MANY = 60;
/** The API looks for no longer parts of a problem than this. */
const LONGEST_QUERY = 1000;
/** What every search has to beat. */
const USUAL = "best_of_n";

/**
 * @param {any} run
 * @param {{form: import("../form.js").SearchForm, compare: (other: string) => void}} page
 */
export function chooseOther(run, page) {
  new Choice(run, page);
}

class Choice {
  constructor(run, { form, compare }) {
    this.run = run;
    this.form = form;
    this.compare = (other) => {
      this.dialog.close();
      compare(other);
    };
    this.strategy = h("select.tw-select", { "aria-label": t("form.strategy") });
    this.start = h("button.tw-button.tw-primary.tw-search-again", { type: "button", onclick: () => this.#search() }, t("choose.search"));
    this.trouble = h("p.tw-trouble", { role: "alert", hidden: true });
    this.list = h("div.tw-choices");
    this.dialog = openDialog(t("choose.title"),
      h("h3.tw-links-title", {}, t("choose.again")),
      h("p.tw-dim", {}, t("choose.same")),
      h("div.tw-share-row.tw-again-row", {}, this.strategy, this.start),
      this.trouble, this.list);
    this.#fillStrategies();
    this.#fillRuns();
  }

  async #fillStrategies() {
    await this.form.load();
    const others = this.form.strategies.filter((one) => one.name !== this.run.strategy);
    fill(this.strategy, others.map((one) => h("option", { value: one.name, title: said(one.summary), selected: one.name === USUAL }, said(one.title))));
  }

  async #search() {
    this.start.disabled = true;
    this.trouble.hidden = true;
    const { problem, reference_answer, generator, verifiers, seed, budget } = this.run;
    try {
      const started = await api.start({ problem, reference_answer, generator, verifiers, seed, budget, strategy: this.strategy.value });
      this.compare(started.id);
    } catch (error) {
      setText(this.trouble, [error.message, error.hint].filter(Boolean).join(" "));
      this.trouble.hidden = false;
    }
    this.start.disabled = false;
  }

  async #fillRuns() {
    const { problem, id } = this.run;
    const lists = [api.runs({ limit: HOW_MANY, query: problem.slice(0, LONGEST_QUERY) }), api.runs({ limit: HOW_MANY })];
    const [alike, all] = await Promise.all(lists.map((list) => list.then((page) => page.items, () => [])));
    const same = alike.filter((one) => one.problem === problem && one.id !== id);
    const others = all.filter((one) => one.problem !== problem);
    fill(this.list, this.#group(t("choose.sameProblem"), same), this.#group(t("choose.otherProblem"), others));
    if (!same.length) this.list.prepend(h("p.tw-dim", {}, t("choose.none")));
  }

  #group(title, runs) {
    return runs.length > 0 && [h("h3.tw-links-title", {}, title), h("div.tw-run-list", {}, runs.map((run) =>
      h("button.tw-run", { type: "button", title: run.problem, onclick: () => this.compare(run.id) },
        h("i.tw-dot", { "data-state": run.status }), h("span.tw-run-text", {}, oneLine(run.problem, 90)),
        h("span.tw-run-about", { title: whyUngraded(run) || null }, aboutRun(run, this.form.titleOf(run.strategy), true)))))];
  }
}

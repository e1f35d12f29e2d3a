/**
 * The search form: what Gradio's inputs can be set to, the chosen strategy's own settings (made from its
 * JSON schema), and starting a search with all of it.
 */

import { aboutStrategy } from "./about-strategy.js";
import { api } from "./api.js";
import { fill, h } from "./dom.js";
import { inTheFormsWords } from "./form-errors.js";
import { oneLine, words } from "./format.js";
import { keepForNext, takeKept } from "./kept.js";
import { ModelChoice } from "./model-choice.js";
import { Reference } from "./reference.js";
import { newSetting } from "./setting.js";
import { listed, said, t } from "./words.js";

const KEPT = "treewright.form";
/** The API's code for a problem that the generator does not know. */
const UNKNOWN_KIND = "unknown_kind_of_problem";

export class SearchForm {
  /**
   * @param {(run: any) => void} started @param {() => void} back leads to the tree again, where there is one
   * @param {() => any} shown the run whose tree is in sight, if any
   */
  constructor(started, back, shown) {
    this.started = started;
    this.back = back;
    this.shown = shown;
    this.examples = [];
    this.strategies = [];
    this.strategy = null;
    /** @type {ModelChoice|null} */
    this.models = null;
    this.busy = false;
    /** The run that the form was filled from, until another strategy is chosen. */
    this.copyOf = null;
    /** @type {{run: any, node: number, steps: number}|null} the step of another run that the search is to begin at */
    this.from = null;
    /** @type {Map<string, {field: HTMLElement, read: () => any, initial: any}>} */
    this.settings = new Map();
    /** The title of the example that the form was filled from, "" for an own problem. */
    this.picked = "";
    /** Whether the form still says as a whole what the copied run was asked for. */
    this.justCopied = false;
    this.info = null;
    this.reference = new Reference();
    this.knownKinds = null;
    this.beginning = null;
    this.limitsNote = null;
    this.message = null;
    /** Whether the message says why the search was not begun. */
    this.refused = false;
    this.loading = null;
  }

  /** Takes over one of the form's host elements; each appears when Gradio gets to it. */
  host(name, element) {
    if (name === "strategy-info") this.info = element;
    else if (name === "knows") this.knownKinds = element;
    else if (name === "from") this.beginning = element;
    else if (name === "limits") this.limitsNote = element;
    else if (name === "graded") this.reference.host(element);
    else this.message = element;
    this.#showStrategy();
    this.#showKnown();
    this.#showBeginning();
  }

  /** Asks the API once what there is to choose from. */
  load() {
    this.loading ??= Promise.all([api.examples(), api.strategies(), api.models()]).then(
      ([examples, strategies, models]) => {
        this.examples = examples.items;
        this.strategies = strategies.items;
        this.models = new ModelChoice(models, strategies.items, () => this.#showKnown());
        this.#showKnown();
      },
      (error) => {
        this.loading = null;
        this.#say(error.message, error.hint);
      },
    );
    return this.loading;
  }

  /** @param {string} name */
  choose(name) {
    this.strategy = this.strategies.find((one) => one.name === name) ?? null;
    if (this.copyOf?.strategy !== name) this.copyOf = null;
    this.#showStrategy();
  }

  /** The name of a strategy for people. */
  titleOf(name) {
    const strategy = this.strategies.find((one) => one.name === name);
    return strategy ? said(strategy.title) : words(name);
  }

  /**
   * Takes over what a run was asked for; `copied` then gives the values of the form's other inputs.
   * @param {{node: number, steps: number}|null} from where in it the new search is to begin
   */
  async copy(run, from = null) {
    await this.load();
    this.copyOf = run;
    this.from = from && { run, ...from };
    this.reference.belongsTo(run);
    this.choose(run.strategy);
    this.#showBeginning();
    const missing = this.models?.choose(run) ?? [];
    this.#showKnown();
    this.#say(missing.length ? t("form.modelsGone", { names: listed(missing) }) : "", t("form.modelsInstead"));
  }

  /** Keeps what the form says, for the page as it comes next in this tab. @param {any} typed as for `submit` */
  keep(typed) {
    const budget = { ...this.#otherLimits, ...typed.budget };
    const run = { ...typed, budget, ...this.models?.chosen, settings: this.#changedSettings().settings ?? {} };
    keepForNext(KEPT, { run, from: this.from, graded: this.reference.graded });
  }

  /** @returns {Promise<boolean>} whether something was kept, and is taken over: see `copied` */
  async restore() {
    const kept = takeKept(KEPT);
    if (kept) {
      await this.copy(kept.run, kept.from);
      this.reference.belongsTo(kept.graded);
    }
    return kept !== null;
  }

  /** Says what to do with a form that was filled from a run, until somebody does something with it. */
  tellCopied(now = true) {
    if (this.justCopied === now) return;
    this.justCopied = now;
    this.#showBeginning();
    if (now) document.getElementById("tw-side").addEventListener("input", () => this.tellCopied(false), { once: true });
  }

  /** In the order of `_Form.inputs` in app/page/layout.py. */
  copied() {
    const { problem, strategy, budget, reference_answer, seed } = this.copyOf;
    const limits = ["generated_tokens", "nodes", "seconds"].map((name) => budget[name] ?? null);
    return [problem, strategy, ...limits, reference_answer ?? "", seed];
  }

  /** The limits of the copied run that the form has no input for. */
  get #otherLimits() {
    const { calls = null, prompt_tokens = null } = this.copyOf?.budget ?? {};
    return { calls, prompt_tokens };
  }

  /** Another problem was typed or picked: the steps of the old one say nothing about it. */
  changed(problem) {
    if (this.from && (problem ?? "").trim() !== this.from.run.problem) this.#leaveStep();
    if (this.copyOf && (problem ?? "").trim() !== this.copyOf.problem?.trim()) this.tellCopied(false);
  }

  #leaveStep() {
    this.from = null;
    this.#showBeginning();
  }

  /** The step that the search begins at is no more to be, and the person looks at the tree again. */
  #cancelStep() {
    this.#leaveStep();
    this.back();
  }

  /** Says above the form that the search begins with given steps, and of which search they are. */
  #showBeginning() {
    if (!this.beginning) return;
    if (!this.from) {
      fill(this.beginning, this.justCopied && h("p.tw-form-from", { role: "status" }, t("form.copied")));
      return;
    }
    const { node, steps, run } = this.from;
    const link = (text, act) => h("button.tw-link", { type: "button", onclick: act }, text);
    fill(this.beginning, h("div.tw-form-from", { role: "group", tabindex: -1, "aria-label": t("steer.from") },
      h("b", {}, t("form.fromStep", { node })),
      h("span.tw-from-run", { title: run.problem, dir: "auto" }, oneLine(run.problem, 80)),
      h("span", {}, t("form.from", { count: steps, node })),
      h("span.tw-from-ways", {}, link(t("form.fromProblem"), () => this.#leaveStep()), link(t("form.cancelFrom"), () => this.#cancelStep()))));
  }

  /** The keyboard goes on where the form says what it will do, and where there is nothing of the kind with the problem. */
  focus() {
    const first = this.from ? this.beginning?.firstChild : document.getElementById("tw-problem").querySelector("textarea");
    first?.focus({ preventScroll: true });
    // Search stays in sight by itself.
    first?.scrollIntoView({ block: "nearest" });
  }

  /** An empty limit is none: says so, rather than to search for longer than anybody meant. */
  limits(tokens, others) {
    const open = (limit) => limit === null || limit === undefined || limit === "";
    const note = open(tokens) && (others.every((limit) => open(limit) || limit === 0) ? t("form.noLimits") : t("form.noTokenLimit"));
    if (this.limitsNote) fill(this.limitsNote, note && h("p.tw-summary", { role: "status" }, note));
  }

  /** @returns {boolean} whether it is another than before */
  pick(title) {
    const another = title !== this.picked;
    this.picked = title;
    this.#showKnown();
    return another;
  }

  /** Says below a problem of one's own what the chosen generator knows, where that is not everything. */
  #showKnown() {
    if (!this.knownKinds) return;
    const { name = "", knows = [] } = this.models?.generator ?? {};
    const own = this.picked === "" && knows.length > 0;
    fill(this.knownKinds, own && h("details.tw-summary.tw-knows", {},
      h("summary", {}, t("form.knows", { name, kinds: kindsOf(knows) })), problemsToTake(knows)));
  }

  example(title) {
    return this.examples.find((one) => one.title === title) ?? null;
  }

  /** @param {{problem, strategy, budget, reference_answer, seed}} request as typed, all may be empty */
  async submit(request) {
    if (this.busy) return;
    this.#busy(true);
    this.tellCopied(false);
    try {
      this.refused = false;
      this.#say("");
      const run = await api.start(this.request(request));
      this.reference.belongsTo(run);
      if (run.reference_warning) this.#say(sentence(said(run.reference_warning)), t("form.correctReference"));
      else if (run.caution) this.#say(sentence(said(run.caution)), t("form.cautioned"));
      this.started(run);
    } catch (error) {
      const { message, hint } = inTheFormsWords(error, this.strategy);
      const known = error.code === UNKNOWN_KIND ? this.models?.generator?.knows : null;
      this.refused = true;
      this.#say(message, [
        ...(known?.length ? [t("form.tryOne", { kinds: kindsOf(known) }), problemsToTake(known), t("form.plugIn")] : [hint]),
        this.#stillBefore(request.problem),
      ]);
    } finally {
      this.#busy(false);
    }
  }

  /** A tree in sight looks like that of the search that was refused. */
  #stillBefore(asked) {
    const { problem = asked } = this.shown() ?? {};
    return problem.trim() !== asked?.trim() && h("p", { dir: "auto" }, t("form.stillBefore", { problem: oneLine(problem, 80) }));
  }

  /** What to send to the API, given the values of Gradio's inputs. */
  request(typed) {
    // The search can be asked for before Gradio has told of the last change of a text.
    this.changed(typed.problem);
    const reference_answer = this.reference.outdated(typed.problem ?? "", typed.reference_answer) ? "" : typed.reference_answer;
    const budget = { ...this.#otherLimits, ...typed.budget };
    const from = this.from && { from: { run: this.from.run.id, node: this.from.node } };
    return { ...cleaned({ ...typed, reference_answer, budget }), ...this.models?.read(), ...this.#changedSettings(), ...from };
  }

  #busy(busy) {
    this.busy = busy;
    document.getElementById("tw-search")?.classList.toggle("tw-working", busy);
  }

  /** Another tree is looked at: what was refused before, and beside which tree, is no longer of interest. */
  forgetRefusal() {
    if (this.refused) this.#say("");
    this.refused = false;
  }

  #say(message, hint = "") {
    if (!this.message) return;
    if (!message) {
      fill(this.message);
      return;
    }
    const error = h("div.tw-form-error", { role: "alert" }, h("b", {}, message), h("div", {}, hint));
    fill(this.message, error);
    // Its first line says why; what is to be mended stays in sight above it.
    error.firstChild.scrollIntoView({ block: "nearest" });
  }

  /** Only what differs from the defaults: those are the server's to choose. What has no input is taken from the copied run. */
  #changedSettings() {
    const { properties = {} } = this.strategy?.settings ?? {};
    const changed = Object.fromEntries(Object.entries(this.copyOf?.settings ?? {}).filter(([name, value]) =>
      !this.settings.has(name) && name in properties && JSON.stringify(value) !== JSON.stringify(properties[name].default ?? null)));
    for (const [name, { read, initial }] of this.settings) {
      const value = read();
      if (value !== undefined && value !== initial) changed[name] = value;
    }
    return Object.keys(changed).length ? { settings: changed } : {};
  }

  #showStrategy() {
    if (!this.info) return;
    this.settings.clear();
    if (!this.strategy) {
      fill(this.info);
      return;
    }
    const { properties = {} } = this.strategy.settings ?? {};
    for (const [name, schema] of Object.entries(properties)) {
      const setting = newSetting(name, schema, {
        definitions: this.strategy.settings.$defs ?? {}, generators: this.models?.generators ?? [], copied: this.copyOf?.settings[name],
      });
      if (setting) this.settings.set(name, setting);
    }
    const fields = [...this.settings.values()].map((setting) => setting.field);
    const limits = Object.entries(this.#otherLimits).filter(([, limit]) => limit !== null);
    const { strategy } = this;
    fill(this.info, h("p.tw-summary", {}, said(strategy.summary)),
      h("button.tw-link.tw-about-strategy", { type: "button", onclick: () => aboutStrategy(strategy) }, t("form.aboutStrategy")),
      limits.length > 0 && h("p.tw-summary", {}, t("form.limits", { limits: limits.map(([name, limit]) => `${limit} ${words(name)}`).join(", ") })),
      fields.length > 0 && h("details.tw-settings", {}, h("summary", {}, t("form.settings")), h("div", {}, fields)),
      this.models?.element);
  }
}

const kindsOf = (knows) => listed(knows.map((kind) => said(kind.name)));

/** Examples of the kinds of problems that a model knows: each goes into the form when it is pressed. */
function problemsToTake(knows) {
  return h("ul", {}, knows.map(({ example }) => h("li", { lang: "en" },
    h("button.tw-link", { type: "button", title: t("form.take"), onclick: () => typeProblem(example) }, example))));
}

function typeProblem(problem) {
  const input = document.getElementById("tw-problem").querySelector("textarea");
  input.value = problem;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.focus();
}

const sentence = (text) => t("form.sentence", { text: `${text.charAt(0).toUpperCase()}${text.slice(1)}` });

/** Without what was left empty. A limit of 0 is none (Gradio shows an empty number as 0), but of tokens: there it is a slip. */
function cleaned(request) {
  const filled = (object) => Object.fromEntries(
    Object.entries(object).filter(([, value]) => value !== null && value !== undefined && value !== ""),
  );
  const { budget, ...rest } = request;
  // An empty problem is sent as it is: the API says best what is wrong with it.
  return { ...filled(rest), problem: request.problem ?? "", budget: filled(Object.fromEntries(
    Object.entries(budget).map(([name, limit]) => [name, limit === 0 && name !== "generated_tokens" ? null : limit]),
  )) };
}

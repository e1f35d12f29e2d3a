/** What the models are, whether they can be reached, and what they do with a small problem: a dialog. */

import { api } from "./api.js";
import { openDialog } from "./dialogs.js";
import { fill, h } from "./dom.js";
import { decimal, duration } from "./format.js";
import { said, t } from "./words.js";

/**
 * @param {{name: string, about?: string, uncalibrated?: boolean}[]} verifiers as GET /api/models lists them
 * @param {{name: string, title: string}[]} strategies all that there are
 */
export function showModels(verifiers, strategies) {
  const list = h("div.tw-models", { "aria-live": "polite" });
  const button = h("button.tw-button", { type: "button", onclick: () => show("tried", api.tryModels) }, t("models.try"));
  openDialog(t("models.title"), list, h("p.tw-hint", {},
    t("models.tryAbout")),
    h("div.tw-dialog-buttons", {}, button));
  const told = new Map(verifiers.map((one) => [one.name, one]));

  async function show(doing, ask) {
    button.disabled = true;
    list.setAttribute("aria-busy", "true");
    if (!list.childElementCount) fill(list, h("p.tw-hint", {}, t("models.asking")));
    button.textContent = doing === "tried" ? t("models.trying") : t("models.try");
    try {
      const { items } = await ask();
      fill(list, items.map((model) => pictureOf(model, told.get(model.name), strategies)));
    } catch (error) {
      fill(list, h("p.tw-trouble", { role: "alert" }, error.whole));
    }
    list.removeAttribute("aria-busy");
    button.disabled = false;
    button.textContent = t("models.try");
  }
  void show("asked", api.modelStatus);
}

function pictureOf(model, told, strategies) {
  return h("section.tw-model", {},
    h("h3", {}, h("span", {}, model.name), h("span.tw-model-role", {}, said(model.role)),
      h(`span.tw-model-state${model.usable ? "" : ".tw-model-away"}`, {}, model.usable ? t("models.usable") : t("models.unusable"))),
    model.problem && h("p.tw-trouble", {}, model.problem),
    told?.about && h("p", {}, said(told.about), told.uncalibrated && t("models.uncalibrated")),
    h("dl", {}, factsOf(model, strategies).map(([name, text]) => h("div", {}, h("dt", {}, name), h("dd", {}, text)))),
    model.notes.length > 0 && h("ul", {}, model.notes.map((note) => h("li", {}, note))));
}

/** @returns {[string, string][]} */
function factsOf({ role, address, embedded, server, strategies: usable, trial }, strategies) {
  const facts = [[t("models.where"), embedded ? t("models.inProcess") : address]];
  if (server) {
    facts.push([t("models.server"), [server.kind, server.version].filter(Boolean).join(" ")],
      [t("models.model"), `${server.model}, ${server.window === null ? t("models.noWindow") : t("models.window", { count: server.window })}`],
      [t("models.latency"), milliseconds(server.answers_in)]);
    if (server.convention) facts.push([t("models.convention"), server.convention]);
    if (server.queue) facts.push([t("models.queue"), t("models.queued", server.queue)]);
    if (server.prefix_hits !== null) facts.push([t("models.prefix"), t("models.prefixHits", { percent: Math.round(100 * server.prefix_hits) })]);
    const can = Object.entries(server.capabilities);
    if (can.length) facts.push([t("models.can"), can.map(([name, yes]) => `${name}: ${yes === null ? t("models.notKnown") : yes ? t("models.yes") : t("models.no")}`).join(" · ")]);
  }
  if (role === "generator" && usable.length) {
    const titles = strategies.filter((one) => usable.includes(one.name)).map((one) => one.title);
    facts.push([t("models.strategies"), titles.length === strategies.length ? t("models.all") : t("models.only", { titles: titles.map((title) => said(title)).join(", ") })]);
  }
  return [...facts, ...trialOf(trial)];
}

function trialOf(trial) {
  if (!trial) return [];
  const facts = [];
  if (trial.step !== null) facts.push([t("models.wrote"), trial.step]);
  if (trial.right !== null) facts.push([t("models.rightOne"), scores(trial.right)], [t("models.wrongOne"), scores(trial.wrong)]);
  if (trial.latency !== null) facts.push([t("models.took"), milliseconds(trial.latency)]);
  return facts;
}

const scores = (list) => (list ?? []).map((score) => (score === null ? t("form.none") : decimal(score))).join(", ");
const milliseconds = (seconds) => (seconds < 1 ? t("time.milliseconds", { count: Math.round(1000 * seconds) }) : duration(seconds));

/** What the models are, whether they can be reached, and what they do with a small problem: a dialog. */

import { api } from "./api.js";
import { openDialog } from "./dialogs.js";
import { fill, h } from "./dom.js";
import { decimal, duration, whole } from "./format.js";

/**
 * @param {{name: string, about?: string, uncalibrated?: boolean}[]} verifiers as GET /api/models lists them
 * @param {{name: string, title: string}[]} strategies all that there are
 */
export function showModels(verifiers, strategies) {
  const list = h("div.tw-models", { "aria-live": "polite" });
  const button = h("button.tw-button", { type: "button", onclick: () => show("tried", api.tryModels) }, "Try them");
  openDialog("Models", list, h("p.tw-hint", {},
    "Trying lets each generator write a step, and each verifier judge a right and a wrong solution."),
    h("div.tw-dialog-buttons", {}, button));
  const told = new Map(verifiers.map((one) => [one.name, one]));

  async function show(doing, ask) {
    button.disabled = true;
    list.setAttribute("aria-busy", "true");
    if (!list.childElementCount) fill(list, h("p.tw-hint", {}, "Asking the models …"));
    button.textContent = doing === "tried" ? "Trying …" : "Try them";
    try {
      const { items } = await ask();
      fill(list, items.map((model) => pictureOf(model, told.get(model.name), strategies)));
    } catch (error) {
      fill(list, h("p.tw-trouble", { role: "alert" }, [error.message, error.hint].filter(Boolean).join(" ")));
    }
    list.removeAttribute("aria-busy");
    button.disabled = false;
    button.textContent = "Try them";
  }
  void show("asked", api.modelStatus);
}

function pictureOf(model, told, strategies) {
  return h("section.tw-model", {},
    h("h3", {}, h("span", {}, model.name), h("span.tw-model-role", {}, model.role),
      h(`span.tw-model-state${model.usable ? "" : ".tw-model-away"}`, {}, model.usable ? "● can be used" : "✕ cannot be used")),
    model.problem && h("p.tw-trouble", {}, model.problem),
    told?.about && h("p", {}, told.about, told.uncalibrated && " Its scores order steps; they are no probabilities."),
    h("dl", {}, factsOf(model, strategies).map(([name, said]) => h("div", {}, h("dt", {}, name), h("dd", {}, said)))),
    model.notes.length > 0 && h("ul", {}, model.notes.map((note) => h("li", {}, note))));
}

/** @returns {[string, string][]} */
function factsOf({ role, address, embedded, server, strategies: usable, trial }, strategies) {
  const facts = [["Where", embedded ? "in this process" : address]];
  if (server) {
    facts.push(["Server", [server.kind, server.version].filter(Boolean).join(" ")],
      ["Model", `${server.model}, ${server.window === null ? "window not told" : `${whole(server.window)} tokens`}`],
      ["Answers in", milliseconds(server.answers_in)]);
    if (server.convention) facts.push(["Convention", server.convention]);
    if (server.prefix_hits !== null) facts.push(["Prefix cache", `${Math.round(100 * server.prefix_hits)} % of prompt tokens since its start`]);
    const can = Object.entries(server.capabilities);
    if (can.length) facts.push(["Can do", can.map(([name, yes]) => `${name}: ${yes === null ? "not known" : yes ? "yes" : "no"}`).join(" · ")]);
  }
  if (role === "generator" && usable.length) {
    const titles = strategies.filter((one) => usable.includes(one.name)).map((one) => one.title);
    facts.push(["Strategies", titles.length === strategies.length ? "all" : `only ${titles.join(", ")}`]);
  }
  return [...facts, ...trialOf(trial)];
}

function trialOf(trial) {
  if (!trial) return [];
  const facts = [];
  if (trial.step !== null) facts.push(["Wrote", trial.step]);
  if (trial.right !== null) facts.push(["A right solution", scores(trial.right)], ["A wrong one", scores(trial.wrong)]);
  if (trial.latency !== null) facts.push(["Took", milliseconds(trial.latency)]);
  return facts;
}

const scores = (list) => (list ?? []).map((score) => (score === null ? "none" : decimal(score))).join(", ");
const milliseconds = (seconds) => (seconds < 1 ? `${Math.round(1000 * seconds)} ms` : duration(seconds));

/** About one search: its answers and their shares, what it cost, what it was asked, and how its verifiers did. */

import { api } from "./api.js";
import { calibration, judgements } from "./calibration.js";
import { openDialog } from "./dialogs.js";
import { fill, h, svg } from "./dom.js";
import { decimal, duration, oneLine, whole, words } from "./format.js";

const MOST_ANSWERS = 12;
const SIDE = 120;

/**
 * @param {import("./session.js").Session} session
 * @param {(name: string) => string} strategyTitle
 */
export function showAboutRun(session, strategyTitle) {
  const { run, model, seconds } = session;
  const answers = h("div");
  const verifiers = h("div");
  const dialog = openDialog("About this search",
    h("h3", {}, "Answers"), answers,
    h("h3", {}, "How the verifiers did"), verifiers,
    h("h3", {}, "Cost"), facts(costOf(run, model, seconds)),
    h("h3", {}, "Asked"), facts(askedOf(run, strategyTitle)));
  dialog.classList.add("tw-about-run");
  const ends = model.nodes.filter((node) => node.terminal && node.answer !== null && !node.pruned);
  const show = (right) => {
    fill(answers, answerTable(ends, right, run.answer));
    fill(verifiers, verdictsOn(model.nodes, right));
  };
  show({});
  // Which answers are right only the server can tell; without it the rest is still worth reading.
  api.gradedAnswers(run.id).then(({ items }) => show(items), () => {});
}

const facts = (list) => h("dl.tw-about-facts", {}, list.map(([name, said]) => h("div", {}, h("dt", {}, name), h("dd", {}, said))));

function answerTable(ends, right, chosen) {
  if (!ends.length) return h("p.tw-hint", {}, "The search found no answer.");
  const groups = new Map();
  for (const { answer, value } of ends) {
    const group = groups.get(answer) ?? { answer, count: 0, best: null };
    group.count += 1;
    if (value !== null) group.best = Math.max(group.best ?? 0, value);
    groups.set(answer, group);
  }
  const listed = [...groups.values()].sort((a, b) => b.count - a.count || (b.best ?? 0) - (a.best ?? 0));
  const rest = listed.length - MOST_ANSWERS;
  return [
    h("table.tw-answers", {},
      h("thead", {}, h("tr", {}, ["Answer", "Solutions", "Best value", ""].map((title) => h("th", { scope: "col" }, title)))),
      h("tbody", {}, listed.slice(0, MOST_ANSWERS).map((group) => answerRow(group, ends.length, right[group.answer], chosen)))),
    rest > 0 && h("p.tw-hint", {}, `and ${whole(rest)} more`),
  ];
}

function answerRow({ answer, count, best }, all, right, chosen) {
  const share = Math.round((100 * count) / all);
  return h("tr", {},
    h("td", { dir: "auto" }, answer === chosen ? h("b", {}, oneLine(answer, 60)) : oneLine(answer, 60)),
    h("td", {}, h("span.tw-share-bar", { "aria-hidden": "true" }, h("span", { style: { "inline-size": `${share}%` } })), ` ${whole(count)} (${share} %)`),
    h("td", {}, decimal(best)),
    h("td", {}, [answer === chosen && "chosen", right === true && "✓ right", right === false && "✕ wrong"].filter(Boolean).join(" · ")));
}

function costOf(run, model, seconds) {
  const { usage = {}, budget = {} } = run;
  const of = (key) => (budget[key] ? ` of ${whole(budget[key])}` : "");
  return [
    ["Generated tokens", `${whole(usage.generated_tokens)}${of("generated_tokens")}`],
    ["Prompt tokens", `${whole(usage.prompt_tokens)}${of("prompt_tokens")}`],
    ["Calls", `${whole(usage.calls)}${of("calls")}`],
    ["Steps", `${whole(Math.max(0, model.size - 1))}${of("nodes")}`],
    ["Time", duration(seconds)],
    ["It ended because", words(run.reason) || "it has not ended"],
  ];
}

function askedOf(run, strategyTitle) {
  const said = Object.entries(run.settings ?? {}).filter(([, value]) => String(value) !== "");
  const settings = said.map(([name, value]) => `${words(name)}: ${value}`);
  return [
    ["Strategy", strategyTitle(run.strategy)],
    ["Settings", settings.join(" · ") || "as they are"],
    ["Generator", run.generator],
    ["Verifiers", run.verifiers.join(", ")],
    ["Seed", String(run.seed)],
    ["Reference answer", run.reference_answer ?? "none"],
  ];
}

/** For each verifier its scores of answers against the grades, and of steps against people's labels. */
function verdictsOn(nodes, right) {
  const found = [...judgements(nodes, right)].map(([verifier, { answers, labels }]) => [verifier, calibration(answers), calibration(labels)]);
  const known = found.filter(([, answers, labels]) => answers || labels);
  if (!known.length) return h("p.tw-hint", {}, "Give a reference answer, grade answers or label steps, and it shows here how far the scores can be trusted.");
  return [
    h("p.tw-hint", {}, "Scores against what turned out to be right: on the line, 0.8 means right eight times in ten. A dot's size is how many there are."),
    h("div.tw-reliability", {}, known.map(([verifier, answers, labels]) => [
      answers && reliability(`${words(verifier)}: answers and their grades`, answers),
      labels && reliability(`${words(verifier)}: steps and their labels`, labels),
    ])),
  ];
}

function reliability(title, { n, error, bins }) {
  const spot = (score, share) => ({ cx: score * SIDE, cy: (1 - share) * SIDE });
  const said = `${whole(n)} judged, calibration error ${decimal(error)}`;
  return h("figure", {},
    svg("svg", { viewBox: `-8 -8 ${SIDE + 16} ${SIDE + 16}`, role: "img", "aria-label": `${title}: ${said}` },
      svg("rect", { x: 0, y: 0, width: SIDE, height: SIDE, class: "tw-reliability-frame" }),
      svg("line", { x1: 0, y1: SIDE, x2: SIDE, y2: 0, class: "tw-reliability-line" }),
      bins.map((bin) => svg("circle", { ...spot(bin.score, bin.share), r: 3 + 6 * Math.sqrt(bin.n / n), class: "tw-reliability-dot" }))),
    h("figcaption", {}, h("b", {}, title), h("span", {}, said)));
}

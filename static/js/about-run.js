/** About one search: its answers and their shares, what it cost, what it was asked, and how its verifiers did. */

import { answersTable } from "./answers-table.js";
import { api } from "./api.js";
import { calibration, judgements } from "./calibration.js";
import { openDialog } from "./dialogs.js";
import { fill, h, svg } from "./dom.js";
import { decimal, duration, settingText, whole, words } from "./format.js";
import { said, t } from "./words.js";

const SIDE = 120;
/** Room beside the plot for its axes, in the units of SIDE. */
const [AXIS, TICK] = [44, 12];
const TICKS = [0, 0.5, 1];

/**
 * @param {import("./session.js").Session} session
 * @param {(name: string) => string} strategyTitle
 */
export function showAboutRun(session, strategyTitle) {
  const { run, model, seconds } = session;
  const verifiers = h("div", {}, verdictsOn(model.nodes, {}));
  const settings = h("div");
  const answers = answersTable(session, (right) => fill(verifiers, verdictsOn(model.nodes, right)), (node) => {
    dialog.close();
    session.select(node);
  });
  const dialog = openDialog(t("aboutRun.title"),
    h("h3", {}, t("filter.answers")), answers,
    h("h3", {}, t("aboutRun.verifiers")), verifiers,
    h("h3", {}, t("aboutRun.cost")), facts(costOf(run, model, seconds)),
    h("h3", {}, t("aboutRun.asked")), facts(askedOf(session, strategyTitle)),
    h("h3", {}, t("aboutRun.settings")), settings);
  dialog.classList.add("tw-about-run");
  fill(settings, settingsOf(run, {}));
  // The form's names for them.
  api.strategies().then(({ items }) => {
    const strategy = items.find(({ name }) => name === run.strategy);
    fill(settings, settingsOf(run, strategy?.settings?.properties ?? {}));
  }, () => {});
}

const facts = (list) => h("dl.tw-about-facts", {}, list.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));

function costOf(run, model, seconds) {
  const { usage = {}, budget = {} } = run;
  const of = (used, key) => (budget[key] ? t("aboutRun.of", { used: whole(used), limit: whole(budget[key]) }) : whole(used));
  return [
    [t("aboutRun.generated"), of(usage.generated_tokens, "generated_tokens")],
    [t("aboutRun.prompt"), of(usage.prompt_tokens, "prompt_tokens")],
    [t("aboutRun.calls"), of(usage.calls, "calls")],
    [t("aboutRun.steps"), of(Math.max(0, model.size - 1), "nodes")],
    [t("aboutRun.time"), duration(seconds)],
    [t("aboutRun.reason"), words(run.reason) || t("aboutRun.notEnded")],
  ];
}

function askedOf({ run, shared }, strategyTitle) {
  return [
    ...(run.from ? [[t("aboutRun.begun"), beginning(run.from, shared)]] : []),
    [t("form.strategy"), strategyTitle(run.strategy)],
    [t("models.generator"), run.generator],
    [t("models.verifiers"), run.verifiers.join(", ")],
    [t("form.seed"), String(run.seed)],
    [t("form.reference"), run.reference_answer ?? t("form.none")],
  ];
}

/** The step of another search that it began with; whoever it was shared with cannot go there. */
function beginning({ run, node }, shared) {
  const text = t("aboutRun.begunAt", { node });
  return shared ? text : h("a.tw-link", { href: `?${new URLSearchParams({ run, node })}` }, text);
}

/** @param {Object<string, {title?: string}>} properties the strategy's settings, as the API describes them */
function settingsOf(run, properties) {
  const set = Object.entries(run.settings ?? {}).filter(([, value]) => String(value) !== "");
  if (!set.length) return h("p.tw-hint", {}, t("aboutRun.asTheyAre"));
  return facts(set.map(([name, value]) => [said(properties[name]?.title ?? words(name)), settingText(value)]));
}

/** For each verifier its scores of answers against the grades, and of steps against people's labels. */
function verdictsOn(nodes, right) {
  const found = [...judgements(nodes, right)].map(([verifier, { answers, labels }]) => [verifier, calibration(answers), calibration(labels)]);
  const known = found.filter(([, answers, labels]) => answers || labels);
  if (!known.length) return h("p.tw-hint", {}, t("aboutRun.nothingKnown"));
  return [
    h("p.tw-hint", {}, t("aboutRun.reliability")),
    h("div.tw-reliability", {}, known.map(([verifier, answers, labels]) => [
      answers && reliability(t("aboutRun.byGrades", { verifier: words(verifier) }), answers),
      labels && reliability(t("aboutRun.byLabels", { verifier: words(verifier) }), labels),
    ])),
  ];
}

function reliability(title, { n, error, bins }) {
  const spot = (score, share) => ({ cx: score * SIDE, cy: (1 - share) * SIDE });
  const told = t("aboutRun.error", { count: n, error: decimal(error) });
  return h("figure", {},
    svg("svg", { viewBox: `${-AXIS} -8 ${SIDE + AXIS + 8} ${SIDE + AXIS + 8}`, role: "img", "aria-label": `${title}: ${told}` },
      svg("rect", { x: 0, y: 0, width: SIDE, height: SIDE, class: "tw-reliability-frame" }),
      svg("line", { x1: 0, y1: SIDE, x2: SIDE, y2: 0, class: "tw-reliability-line" }),
      bins.map((bin) => svg("circle", { ...spot(bin.score, bin.share), r: 3 + 6 * Math.sqrt(bin.n / n), class: "tw-reliability-dot" })),
      axes()),
    h("figcaption", {}, h("b", {}, title), h("span", {}, told)));
}

/** What the two axes of a plot are, and their numbers. */
function axes() {
  const middle = { "text-anchor": "middle", class: "tw-reliability-axis" };
  return [
    TICKS.map((at) => svg("text", { ...middle, x: at * SIDE, y: SIDE + TICK + 1 }, String(at))),
    TICKS.map((at) => svg("text", { ...middle, "text-anchor": "end", x: 4 - TICK, y: (1 - at) * SIDE + 4 }, String(at))),
    svg("text", { ...middle, x: SIDE / 2, y: SIDE + 2 * TICK + 2 }, t("aboutRun.axisScore")),
    svg("text", { ...middle, transform: `translate(${4 - AXIS + TICK / 2} ${SIDE / 2}) rotate(-90)` }, t("aboutRun.axisRight")),
  ];
}

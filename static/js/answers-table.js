/** The answers of a run: how many solutions end with each, what they are worth, and why one became the run's. */

import { api } from "./api.js";
import { fill, h } from "./dom.js";
import { decimal, oneLine, whole } from "./format.js";
import { whyUngraded } from "./grades.js";
import { t } from "./words.js";

const MOST_ANSWERS = 12;
const RULES = { weighted: "answers.byWeight", majority: "answers.byMajority", max: "answers.byValue" };

/**
 * An element that fills itself: the API knows which answers mean the same, and counts their votes as the search did.
 * @param {import("./session.js").Session} session
 * @param {(right: Object<string, boolean|null>) => void} graded told which answers are right, where that can be had
 * @param {(node: number) => void} open shows the step at which a solution ends
 */
export function answersTable(session, graded, open) {
  const element = h("div", {}, h("p.tw-hint", {}, t("why.working")));
  const { run } = session;
  const votes = api.votes(run.id, session.past ? session.model.seq : null);
  // Which answers are right only the server can tell; without it the rest is still worth reading.
  const grades = api.gradedAnswers(run.id).then(({ items }) => items, () => ({}));
  Promise.all([votes, grades]).then(([found, right]) => {
    graded(right);
    fill(element, table(found, right, { run, open, all: found.items.length <= MOST_ANSWERS }));
  }, (error) => fill(element, h("p.tw-hint", {}, error.message)));
  return element;
}

function table(votes, right, { run, open, all }) {
  const { items, rule } = votes;
  if (!items.length) return h("p.tw-hint", {}, t("aboutRun.noAnswer"));
  const solutions = items.reduce((sum, one) => sum + one.solutions, 0);
  const weighted = rule === "weighted";
  const titles = [t("filters.answer"), t("aboutRun.solutions"), weighted && t("answers.weight"), t("aboutRun.bestValue"), ""];
  const shown = all ? items : items.slice(0, MOST_ANSWERS);
  const ungraded = shown.filter((one) => right[one.answer] === null);
  const element = h("div", {},
    h("p.tw-hint.tw-answer-rule", {}, t(RULES[rule] ?? "answers.byOwnRule")),
    h("table.tw-answers", {},
      h("thead", {}, h("tr", {}, titles.filter((title) => title !== false).map((title) => h("th", { scope: "col" }, title)))),
      h("tbody", {}, shown.map((one) => row(one, solutions, weighted, right[one.answer], open)))),
    ungraded.length > 0 && h("p.tw-hint", {}, whyUngraded({ answer: ungraded[0].answer, correct: null, reference_answer: run.reference_answer })),
    !all && h("button.tw-link", {
      type: "button", onclick: () => element.replaceWith(table(votes, right, { run, open, all: true })),
    }, t("list.more", { count: items.length - MOST_ANSWERS })));
  return element;
}

const GRADES = { true: ["right", t("grade.right")], false: ["wrong", t("grade.wrong")] };

function row({ answer, solutions, weight, best, node, chosen }, all, weighted, right, open) {
  const ungraded = right === null && h("span.tw-dim", {}, t("grade.none"));
  const [grade, said] = GRADES[right] ?? [null, null];
  const marks = [chosen && t("aboutRun.chosen"), said && h("b", { "data-grade": grade }, said), ungraded].filter(Boolean);
  const share = Math.round((100 * solutions) / all);
  const name = h("button.tw-link", { type: "button", "data-grade": grade, title: t("answers.open", { node }), onclick: () => open(node) }, oneLine(answer, 60));
  return h("tr", {},
    h("td", { dir: "auto" }, chosen ? h("b", {}, name) : name),
    h("td", {}, h("span.tw-share-bar", { "aria-hidden": "true" }, h("span", { style: { "inline-size": `${share}%` } })), ` ${whole(solutions)} (${share} %)`),
    weighted && h("td", {}, decimal(weight)),
    h("td", {}, decimal(best)),
    h("td", {}, marks.map((mark, k) => [k > 0 && " · ", mark])));
}

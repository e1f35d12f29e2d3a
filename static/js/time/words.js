/** What an event did, in a few words, and the marks on the track of the time bar. Nothing here has a state. */

import { h, svg } from "../dom.js";
import { decimal, oneLine, ratingOf, words } from "../format.js";
import { mark } from "../legend.js";

const GRADE = { true: "right", false: "wrong", null: "not known whether right" };
const ANSWER_KIND = { true: "right", false: "wrong", null: "unknown" };

const WORDS = {
  node_added: ({ node, parent, corrects }) =>
    (parent === null ? "the problem" : `step ${node} below #${parent}${typeof corrects === "number" ? `, corrects #${corrects}` : ""}`),
  merged: ({ node }) => `step ${node} was proposed again`,
  asked: ({ node, n }) => `the model is asked at #${node}${n > 1 ? ` for ${n}` : ""}`,
  told: ({ node, failure }) => (failure ? `nothing came at #${node}: ${failure}` : `the model has answered at #${node}`),
  backed_up: ({ node, value }) => `${decimal(value)} is backed up from #${node}`,
  reopened: ({ node }) => `#${node} may be expanded again`,
  closed: ({ node }) => `#${node} is not expanded further`,
  scored: ({ node, verifier, score }) => `${words(verifier)} scores #${node}: ${decimal(score)}`,
  labelled: ({ node, rating }) => (rating === null ? `label of #${node} cleared` : `#${node} labelled ${ratingOf(rating)?.name.toLowerCase()}`),
  pruned: ({ node, pruned }) => `#${node} ${pruned ? "pruned" : "restored"}`,
  requested: ({ node, n }) => (n ? `a person has ${n} proposed at #${node}` : `a person writes a step at #${node}`),
  answered: ({ node, answer }) => (node === null ? "no answer any more" : `answer ${oneLine(answer, 40)}, by #${node}`),
  graded: ({ answer, correct }) => `${oneLine(answer, 40)}: ${GRADE[correct]}`,
  summarized: ({ node }) => `the path to #${node} is put in plain words`,
  status: ({ status, reason }) => [status, words(reason)].filter(Boolean).join(": "),
};

/** @param {any} event @returns {string} */
export function told(event) {
  return WORDS[event.kind]?.(event) ?? words(event.kind);
}

/** @param {import("./history.js").Mark} one @param {string} look as in `momentMark` */
export function titleOf(one, look) {
  if (one.kind === "answer") return `Answer ${oneLine(one.answer, 60)}: ${GRADE[look.split(" ")[1]]}`;
  if (one.kind === "label") return `Step ${one.node} labelled ${ratingOf(one.rating)?.name.toLowerCase()}`;
  return `Step ${one.node} corrects an earlier one`;
}

/**
 * @param {"answer"|"correction"|"label"} kind
 * @param {string} look the kind, and the grade of the answer or the rating of the label
 */
export function momentMark(kind, look) {
  const which = look.split(" ")[1];
  if (kind === "label") return mark({ value: null, label: Number(which) });
  if (kind === "correction") return h("b");
  return svg("svg", { class: `tw-mark tw-answer-mark tw-answer-${ANSWER_KIND[which]}`, viewBox: "0 0 16 16", "aria-hidden": "true" },
    svg("circle", { cx: 8, cy: 8, r: 5.5 }));
}

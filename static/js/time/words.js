/** What an event did, in a few words, and the marks on the track of the time bar. Nothing here has a state. */

import { h, svg } from "../dom.js";
import { decimal, oneLine, ratingOf, words } from "../format.js";
import { flagMark, mark } from "../legend.js";
import { said, t } from "../words.js";

const GRADE = { true: t("grade.rightWord"), false: t("grade.wrongWord"), null: t("grade.unknownWord") };
const ANSWER_KIND = { true: "right", false: "wrong", null: "unknown" };

const WORDS = {
  node_added: ({ node, parent, corrects }) =>
    (parent === null ? t("event.problem") : t(typeof corrects === "number" ? "event.correction" : "event.step", { node, parent, corrects })),
  merged: ({ node }) => t("event.merged", { node }),
  asked: ({ node, n }) => (n > 1 ? t("event.askedFor", { node, n }) : t("event.asked", { node })),
  told: ({ node, failure }) => (failure ? t("event.failed", { node, why: said(failure) }) : t("event.told", { node })),
  backed_up: ({ node, value }) => t("event.backedUp", { node, value: decimal(value) }),
  reopened: ({ node }) => t("event.reopened", { node }),
  closed: ({ node }) => t("event.closed", { node }),
  scored: ({ node, verifier, score }) => t("event.scored", { node, verifier: words(verifier), score: decimal(score) }),
  labelled: ({ node, rating }) => (rating === null ? t("event.unlabelled", { node }) : t("event.labelled", { node, label: ratingOf(rating)?.name.toLowerCase() })),
  pruned: ({ node, pruned }) => (pruned ? t("event.pruned", { node }) : t("event.restored", { node })),
  flagged: ({ node, flagged }) => t(flagged ? "event.flagged" : "event.unflagged", { node }),
  requested: ({ node, n }) => (n ? t("event.requested", { node, n }) : t("event.written", { node })),
  answered: ({ node, answer }) => (node === null ? t("event.noAnswer") : t("event.answered", { node, answer: oneLine(answer, 40) })),
  graded: ({ answer, correct }) => t("event.graded", { answer: oneLine(answer, 40), grade: GRADE[correct] }),
  summarized: ({ node }) => t("event.summarized", { node }),
  status: ({ status, reason }) => [words(status), words(reason)].filter(Boolean).join(": "),
};

/** @param {any} event @returns {string} */
export function told(event) {
  return WORDS[event.kind]?.(event) ?? words(event.kind);
}

/** @param {import("./history.js").Mark} one @param {string} look as in `momentMark` */
export function titleOf(one, look) {
  if (one.kind === "answer") return t("mark.answer", { answer: oneLine(one.answer, 60), grade: GRADE[look.split(" ")[1]] });
  if (one.kind === "label") return t("mark.label", { node: one.node, label: ratingOf(one.rating)?.name.toLowerCase() });
  return t(one.kind === "flag" ? "mark.flag" : "mark.correction", { node: one.node });
}

/**
 * @param {"answer"|"correction"|"label"|"flag"} kind
 * @param {string} look the kind, and the grade of the answer or the rating of the label
 */
export function momentMark(kind, look) {
  const which = look.split(" ")[1];
  if (kind === "label") return mark({ value: null, label: Number(which) });
  if (kind === "flag") return flagMark();
  if (kind === "correction") return h("b");
  return svg("svg", { class: `tw-mark tw-answer-mark tw-answer-${ANSWER_KIND[which]}`, viewBox: "0 0 16 16", "aria-hidden": "true" },
    svg("circle", { cx: 8, cy: 8, r: 5.5 }));
}

/** What each verifier says about a step, as small bars; and whether they disagree. */

import { h, keyed, setText } from "./dom.js";
import { decimal, words } from "./format.js";
import { t } from "./words.js";

/** Two verifiers whose scores are so far apart do not mean the same. */
const APART = 0.5;

/** @returns {HTMLElement} empty until it is shown a node's scores */
export const newScores = () => h("ul.tw-scores", { hidden: true, "aria-label": t("scores.title") });

/** @param {Object<string, number|null>} scores by verifier; null: could not be had */
export function showScores(list, scores) {
  const entries = Object.entries(scores ?? {});
  list.hidden = entries.length === 0;
  keyed(list, entries, {
    key: ([verifier]) => verifier,
    make: ([verifier]) => h("li", { title: t("scores.by", { verifier: words(verifier) }) },
      h("span.tw-score-name", {}, words(verifier)),
      h("span.tw-score-track", { "aria-hidden": "true" }, h("span.tw-score-bar")),
      h("span.tw-score-number")),
    update: (item, [, score]) => {
      item.querySelector(".tw-score-bar").style.setProperty("inline-size", `${100 * (score ?? 0)}%`);
      setText(item.lastChild, score === null ? t("step.notScored") : decimal(score));
    },
  });
}

/** What the strictest of its verifiers says of a step; null where none says anything. */
export function scoreOf({ scores }) {
  const known = Object.values(scores ?? {}).filter((score) => score !== null);
  return known.length ? Math.min(...known) : null;
}

/** Whether two of the verifiers say so different things that a person should look. */
export function disagree(scores) {
  const known = Object.values(scores ?? {}).filter((score) => score !== null);
  return known.length > 1 && Math.max(...known) - Math.min(...known) >= APART;
}

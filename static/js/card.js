/** One step in the reading pane: what was thought, how it was judged, where it came from. */

import { fill, h, keyed, setText } from "./dom.js";
import { SURE, byPerson, decimal, ratingOf, whole, words } from "./format.js";
import { flagMark, mark } from "./legend.js";
import { showMathematics } from "./mathematics.js";
import { disagree, newScores, scoreOf, showScores } from "./scores.js";
import { wordDiff } from "./word-diff.js";
import { pieces, t } from "./words.js";

/**
 * @param {import("./tree-model.js").TreeNode} node
 * @param {(id: number) => void} select
 * @param {import("./tree-model.js").TreeNode|null} [corrected] the step that it corrects
 * @param {(() => void)|null} [comment] opens the form for a comment on the label of the selected step
 */
export function newCard(node, select, corrected = null, comment = null) {
  const title = node.parent === null ? t("form.problem") : words(node.action);
  const corrects = node.corrects === null ? null
    : h("button.tw-link", { type: "button", onclick: () => select(node.corrects) }, t("card.revises", { node: node.corrects }));
  const answer = h("b");
  showMathematics(answer, node.answer ?? "");
  // Anywhere on the card, unless something else was meant: a button, or text that was marked to be copied.
  const chosen = ({ target }) => {
    if (!target.closest("button, a") && getSelection().isCollapsed) select(node.id);
  };
  const card = h("article.tw-card", { "data-id": node.id, onclick: chosen },
    h("header.tw-card-head", {},
      h("button.tw-card-title", { type: "button", onclick: () => select(node.id) },
        h("span.tw-card-mark"), h("span.tw-tag", {}, title), h("span.tw-card-id", {}, `#${node.id}`)),
      corrects,
      byPerson(node) && h("span.tw-by", {}, t("step.byPerson")),
      h("span.tw-apart", { hidden: true, title: t("card.apartTitle") }, t("card.apart")),
      h("span.tw-out", { hidden: true, title: t("card.outTitle") }, t("step.pruned")),
      h("span.tw-card-label"),
      h("span.tw-card-flag", { hidden: true, title: t("legend.flaggedTitle") }, flagMark(), h("span.tw-unseen", {}, t("step.flagged"))),
      h("span.tw-card-value")),
    h("p.tw-card-text", { dir: "auto" }),
    corrected && h("div.tw-change", {},
      h("p.tw-change-head", {}, t("card.changed", { node: corrected.id }), h("span.tw-change-values")),
      h("p.tw-change-text", { dir: "auto" })),
    node.patterns.length > 0 && h("p.tw-patterns", { title: t("card.patterns") },
      node.patterns.map((pattern) => h("span", { "data-pattern": pattern }, words(pattern)))),
    node.answer === null || saysOnly(node) ? null : h("p.tw-card-answer", {}, pieces("run.answer", { answer })),
    h("p.tw-comment", { dir: "auto", hidden: true }),
    comment && h("button.tw-link.tw-write-comment", { type: "button", hidden: true, title: `${t("comments.writeTitle")} (c)`, onclick: comment }, t("comments.write")),
    newScores(),
    byPerson(node) && h("p.tw-caution.tw-dim", { hidden: true }, t("card.ownScored")),
    h("p.tw-value-from.tw-dim", { hidden: true }),
    h("dl.tw-facts", { hidden: true }));
  card.dataset.action = node.action;
  return card;
}

/**
 * Shows what may have changed since: judgements and statistics, and a text that was cut short.
 * @param {{selected: boolean, out: boolean, parent: import("./tree-model.js").TreeNode|null,
 *   corrected?: import("./tree-model.js").TreeNode|null, comment?: string}} state whether it is selected, and out of the
 *   search; the step before it, and the one that it corrects; what was written beside its label
 */
export function updateCard(card, node, { selected, out, parent, corrected = null, comment = "" }) {
  card.classList.toggle("tw-selected", selected);
  card.classList.toggle("tw-pruned", out);
  card.querySelector(".tw-out").hidden = !out;
  setCurrent(card, selected);
  const look = `${node.value} ${node.label}`;
  if (card.dataset.look !== look) {
    card.dataset.look = look;
    fill(card.querySelector(".tw-card-mark"), mark(node));
    setText(card.querySelector(".tw-card-value"), node.value === null ? t("step.notScored") : t("step.value", { value: decimal(node.value) }));
    const rating = ratingOf(node.label);
    const label = card.querySelector(".tw-card-label");
    label.dataset.rating = rating ? String(rating.rating) : "";
    setText(label, rating ? `${rating.sign} ${rating.name}` : "");
  }
  card.querySelector(".tw-card-flag").hidden = !node.flagged;
  showMathematics(card.querySelector(".tw-card-text"), textOf(node));
  if (corrected) showChange(card.querySelector(".tw-change"), corrected, node);
  showComment(card, node, selected, comment);
  showScores(card.querySelector(".tw-scores"), node.scores);
  showCaution(card.querySelector(".tw-caution"), node);
  card.querySelector(".tw-apart").hidden = !disagree(node.scores);
  const facts = card.querySelector(".tw-facts");
  facts.hidden = !selected;
  const origin = card.querySelector(".tw-value-from");
  origin.hidden = !selected || node.value === null;
  if (!selected) return;
  setText(origin, valueFrom(node));
  showFacts(facts, node, parent);
}

function showComment(card, node, selected, comment) {
  const said = card.querySelector(".tw-comment");
  said.hidden = comment === "";
  setText(said, comment);
  const write = card.querySelector(".tw-write-comment");
  if (!write) return;
  write.hidden = !selected || node.label === null;
  setText(write, comment ? t("comments.change") : t("comments.write"));
}

/** A verifier can be wrong about a person's words, and the person need not leave it at that. */
function showCaution(caution, node) {
  const score = scoreOf(node);
  if (caution) caution.hidden = score === null || score >= SURE || node.label !== null;
}

/** What the step's value is made of, which is not what its verifiers say: that stands above it. */
function valueFrom(node) {
  if (node.pin !== null) return t("card.valuePinned", { value: decimal(node.pin, 1), label: ratingOf(node.label)?.name ?? "" });
  return node.visits ? t("card.valueMean", { count: node.visits }) : t("card.valueExpected");
}

/** "Answer: 34" and such: nothing but the answer, which need not be said again below. */
const ANSWER_MARK = /^\s*(?:the\s+)?(?:final\s+)?answer\s*(?:is)?\s*[:=]?\s*/i;
const saysOnly = ({ text, answer }) => [answer, `${answer}.`].includes(text.replace(ANSWER_MARK, "").trim());

const textOf = (node) => (node.cut ? `${node.text}…` : node.text);

/** What the step changed in the one that it corrects, word by word, and what that did to the value. */
function showChange(element, corrected, node) {
  const [before, after] = [textOf(corrected), textOf(node)];
  const shown = `${before.length} ${after.length}`; // texts never change, except from cut to whole
  setText(element.querySelector(".tw-change-values"), t("step.value", { value: `${decimal(corrected.value)} → ${decimal(node.value)}` }));
  if (element.dataset.shown === shown) return;
  element.dataset.shown = shown;
  const tags = { gone: "del", new: "ins", same: "span" };
  fill(element.lastChild, wordDiff(before, after).map(({ kind, text }) => h(tags[kind], {}, text)));
}

function setCurrent(card, selected) {
  if (selected) card.setAttribute("aria-current", "step");
  else card.removeAttribute("aria-current");
}

function showFacts(list, node, parent) {
  keyed(list, factsOf(node, parent), {
    key: ([name]) => name,
    make: ([name, , title]) => h(hasLongNames(name) ? "div.tw-wide" : "div", { title: title ?? null }, h("dt", {}, name), h("dd")),
    update: (element, [, text]) => {
      setText(element.lastChild, text);
      element.lastChild.title = text;
    },
  });
}

/** Models are called what their owners like: they get a line of their own. */
const hasLongNames = (name) => name === t("fact.model");

/** The name under which Monte-Carlo labels are kept among the scores, and from where on a step is critical. */
const MONTE_CARLO = "monte_carlo";
const CRITICAL = 0.5;

/** What a step gained or lost, by the Monte-Carlo labels before and after it; null where one is missing. */
function advantage(node, parent) {
  const [before, after] = [parent, node].map((one) => one?.scores?.[MONTE_CARLO] ?? null);
  return before === null || after === null ? null : after - before;
}

function advantageText(gained) {
  const value = `${gained > 0 ? "+" : ""}${decimal(gained, 2)}`;
  return Math.abs(gained) >= CRITICAL ? t("fact.critical", { value }) : value;
}

/** @returns {[string, string, string?][]} name, text, explanation */
function factsOf(node, parent) {
  const made = node.parent !== null && !byPerson(node);
  const gained = advantage(node, parent);
  return [
    [t("fact.value"), decimal(node.value, 3), t("fact.valueTitle")],
    [t("fact.visits"), whole(node.visits), t("fact.visitsTitle")],
    made && [t("fact.prior"), decimal(node.prior, 3), t("fact.priorTitle")],
    made && [t("fact.logprob"), decimal(node.mean_logprob, 2), t("fact.logprobTitle")],
    made && [t("fact.tokens"), whole(node.tokens)],
    node.samples > 1 && [t("fact.proposed"), t("fact.times", { count: node.samples })],
    made && node.temperature !== null && [t("fact.temperature"), decimal(node.temperature, 1)],
    node.pruned && [t("fact.search"), t("fact.prunedHere")],
    gained !== null && [t("fact.advantage"), advantageText(gained), t("fact.advantageTitle")],
    made && node.model && [t("fact.model"), node.model],
  ].filter(Boolean);
}

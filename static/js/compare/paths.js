/** Which steps of two trees are the same, and where two answers' paths part. Pure functions. */

import { t } from "../words.js";

/**
 * The step of another tree that is reached by the same texts from the same problem.
 * @param {import("../tree-model.js").TreeModel} model
 * @param {number} id
 * @param {import("../tree-model.js").TreeModel} other
 * @returns {number|null} null where the other tree has no such path
 */
export function sameStep(model, id, other) {
  const [root, ...steps] = model.path(id);
  if (!other.size || other.nodes[0].text !== model.nodes[root].text) return null;
  let at = 0;
  for (const step of steps) {
    const { text } = model.nodes[step];
    at = other.nodes[at].children.find((child) => other.nodes[child].text === text);
    if (at === undefined) return null;
  }
  return at;
}

/**
 * Where the paths to the answers (before there is one: the most visited paths) part.
 * @returns {{step: number, ids: (number|null)[]}} the number of the first step that differs (0: the problem), and
 *   its id in either tree; null where that path has ended. Two nulls: the paths are the same.
 */
export function firstDifference(model, other) {
  const [ours, theirs] = [model.bestPath(), other.bestPath()];
  let step = 0;
  const same = () => model.nodes[ours[step]].text === other.nodes[theirs[step]].text;
  while (step < ours.length && step < theirs.length && same()) step += 1;
  return { step, ids: [ours[step] ?? null, theirs[step] ?? null] };
}

/** What keeps two runs from being compared like with like, in words; empty: nothing does. */
export function unlike(run, other) {
  const models = ({ generator, verifiers, settings }) =>
    JSON.stringify([generator, [...(settings.generators ?? [])].sort(), [...verifiers].sort()]);
  const budget = (one) => JSON.stringify(Object.entries(one.budget).sort());
  return [
    run.problem !== other.problem && t("unlike.problems"),
    run.problem === other.problem && run.reference_answer !== other.reference_answer && t("unlike.references"),
    models(run) !== models(other) && t("unlike.models"),
    budget(run) !== budget(other) && t("unlike.budgets"),
  ].filter(Boolean);
}

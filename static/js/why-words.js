/** A choice between steps in a plain sentence or two, told by the numbers that it was made by. */

import { decimal } from "./format.js";
import { t } from "./words.js";

/** Why a candidate could not be chosen, by the API's name for it. */
export const SHUT = {
  pruned: t("why.pruned"), answer: t("why.answer"), in_flight: t("why.inFlight"), exhausted: t("why.exhausted"),
  visited: t("why.visited"), waiting: t("why.waiting"),
};

const SUMS = ["puct", "uct"];
const TOLD = { puct: bySum, uct: bySum, beam: byRank, best: byRank, thompson: byDraws, chance: byChance };

/**
 * @param {{rule: string, candidates: any[]}} choice as the API tells of it
 * @param {number} node the selected step
 * @returns {string[]} sentences; none for a rule that has none
 */
export function plainly({ rule, candidates }, node) {
  const own = candidates.find((one) => one.node === node);
  const open = candidates.filter((one) => one.open);
  const told = own?.open || SUMS.includes(rule) ? (TOLD[rule]?.(candidates, open, own) ?? []) : [];
  return own && !own.open ? [...told, t("why.couldNot", { node, why: SHUT[own.shut] ?? "" })] : told;
}

/** How many of them have more of it, and one. */
const place = (all, one, of) => 1 + all.filter((other) => of(other) > of(one)).length;
const q = ({ terms }) => terms.Q;
const u = ({ terms }) => terms.U;
const tries = ({ terms }) => terms.n + terms.v;
const sum = ({ score }) => score;

function bySum(candidates, open, own) {
  const top = open.find((one) => one.chosen);
  if (!top) return own && !own.open ? [] : [t("why.noneOpen")];
  if (open.length === 1) return [t("why.only", { node: top.node })];
  const largest = { node: top.node, count: open.length, score: decimal(top.score) };
  const same = open.filter((one) => one.score === top.score).length - 1;
  const first = same ? t("why.tied", { ...largest, count: same }) : t("why.largest", { ...largest, because: because(open, top) });
  if (!own?.open || own === top) return [first];
  return [first, t("why.place", { node: own.node, place: place(open, own, sum), count: open.length, score: decimal(own.score) })];
}

/** What of its Q + U is large: what it is worth, or how little is known of it. */
function because(open, top) {
  const [value, bonus] = [place(open, top, q), place(open, top, u)];
  const visits = tries(top);
  if (value === 1 && bonus === 1) return t("why.both");
  if (value === 1) return t("why.byValue", { value: decimal(q(top)) });
  const told = { place: value, value: decimal(q(top)) };
  if (bonus > 1) return t("why.bySumOnly", { ...told, other: bonus });
  if (open.every((one) => one === top || tries(one) > visits)) return t("why.byVisits", { ...told, visits });
  const prior = top.terms.P ?? null;
  if (prior !== null && open.every((one) => one === top || one.terms.P < prior)) return t("why.byPrior", { ...told, prior: decimal(prior) });
  return t("why.byBonus", told);
}

function byRank(candidates, open, own) {
  const kept = candidates.filter((one) => one.chosen).length;
  const rank = { node: own.node, place: 1 + open.filter((one) => one.terms.rank < own.terms.rank).length, of: open.length, count: kept };
  return [own.chosen ? t("why.kept", rank) : t("why.notKept", rank)];
}

function byDraws(candidates, open, own) {
  const steps = open.filter((one) => one.node !== null);
  const centre = ({ terms }) => terms.m;
  if (steps.length === 1) return [t("why.onlyStep", { node: own.node })];
  return [t("why.drawn", { node: own.node, centre: decimal(centre(own)), place: place(steps, own, centre), count: steps.length })];
}

function byChance(candidates, open, own) {
  return [open.length === 1 ? t("why.only", { node: own.node }) : t("why.chance", { count: open.length })];
}

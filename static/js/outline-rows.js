/** Which rows the outline has, in what order. Pure functions over the tree. */

import { byPerson, words } from "./format.js";
import { t } from "./words.js";

/** @typedef {{id: number, place: number, of: number, open: boolean|null, index: number}} Row */

/**
 * The rows from top to bottom: every parent before its children, without what is collapsed.
 * @param {Set<number>} collapsed
 * @param {Uint8Array|null} wanted what a search leaves (see `wantedBy`); null: everything
 * @returns {Row[]}
 */
export function listRows(model, collapsed, wanted = null) {
  const rows = [];
  const stack = model.size && (!wanted || wanted[0]) ? [{ id: 0, place: 1, of: 1 }] : [];
  while (stack.length) {
    const row = stack.pop();
    const all = model.nodes[row.id].children;
    const children = wanted ? all.filter((id) => wanted[id]) : all;
    row.open = children.length ? !collapsed.has(row.id) : null;
    row.index = rows.length;
    rows.push(row);
    if (!row.open) continue;
    for (let k = children.length - 1; k >= 0; k -= 1) {
      stack.push({ id: children[k], place: k + 1, of: children.length });
    }
  }
  return rows;
}

const ANCESTOR = 1;
const MATCH = 2;

/** @returns {Uint8Array} of every node 2: it matches, 1: something below it does, 0: neither */
export function wantedBy(model, matches) {
  const wanted = new Uint8Array(model.size);
  for (const node of model.nodes) {
    if (!matches(node)) continue;
    wanted[node.id] = MATCH;
    for (let at = node.parent; at !== null && !wanted[at]; at = model.nodes[at].parent) wanted[at] = ANCESTOR;
  }
  return wanted;
}

export const isMatch = (wanted, id) => wanted[id] === MATCH;

/**
 * The quick filters: what they are called, and what a node needs to pass.
 * @type {Object<string, {title: string, passes: (node: any, known: {right: Map<string, boolean|null>, corrected: Set<number>}) => boolean}>}
 */
export const FILTERS = {
  answers: { title: t("filter.answers"), passes: (node) => node.terminal && node.answer !== null },
  right: { title: t("filter.right"), passes: (node, { right }) => right.get(node.answer) === true },
  wrong: { title: t("filter.wrong"), passes: (node, { right }) => right.get(node.answer) === false },
  labelled: { title: t("filter.labelled"), passes: (node) => node.label !== null },
  flagged: { title: t("filter.flagged"), passes: (node) => node.flagged },
  corrected: { title: t("filter.corrected"), passes: (node, { corrected }) => node.corrects !== null || corrected.has(node.id) },
  person: { title: t("filter.person"), passes: byPerson },
  pruned: { title: t("filter.pruned"), passes: (node) => node.pruned },
  unscored: { title: t("filter.unscored"), passes: (node) => node.value === null && node.parent !== null },
};

/** Where the text was found, for people who search: in the step's words, its action, answer or number. */
export function contains(node, text) {
  if (text.startsWith("#")) return `#${node.id}` === text;
  return placeOf(node, text) >= 0 || words(node.action).toLowerCase().includes(text) || node.action.includes(text)
    || (node.answer ?? "").toLowerCase().includes(text);
}

/** @param {string} text in lower case @returns {number} where it begins in the step's words; −1: nowhere */
export function placeOf(node, text) {
  return node.text.toLowerCase().indexOf(text);
}

/** What a family of strategies does, as a small tree: made of data, in the encodings of the overview. */

import { svg } from "./dom.js";
import { tidyLayout } from "./layout.js";
import { t } from "./words.js";

const [STEP_X, STEP_Y, MARGIN, RADIUS] = [26, 24, 14, 6];

/**
 * parents: of the nodes 1, 2, …; 0 is the problem. kept: what the search goes on with. tried: rollouts and looks
 * ahead, written to learn a value. corrections: from a step to the one that revises it.
 */
const FAMILIES = {
  chain: { says: t("family.chain"), parents: [0, 1, 2], kept: [0, 1, 2, 3] },
  samples: {
    says: t("family.samples"),
    parents: [0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8], kept: [0, 3, 7, 11],
  },
  stepwise: { says: t("family.stepwise"), parents: [0, 0, 0, 2, 2, 2, 5, 5, 5], kept: [0, 2, 5, 9] },
  beam: { says: t("family.beam"), parents: [0, 0, 0, 0, 2, 2, 3, 3, 6, 6, 8, 8], kept: [0, 2, 3, 6, 8, 9, 12] },
  subtrees: {
    says: t("family.subtrees"),
    parents: [0, 0, 0, 1, 1, 2, 2, 3, 3, 5, 5, 6, 6, 9, 9], kept: [0, 1, 2, 3, 5, 6, 9, 10, 13, 14],
  },
  lookahead: { says: t("family.lookahead"), parents: [0, 0, 0, 1, 2, 3, 4, 5, 6], kept: [0, 2], tried: [4, 5, 6, 7, 8, 9] },
  tree: { says: t("family.tree"), parents: [0, 0, 0, 1, 1, 2, 2, 2, 7, 7, 10, 10], kept: [0, 2, 7, 10, 11] },
  difficulty: { says: t("family.difficulty"), parents: [0, 0, 0, 1, 2, 3, 3, 7, 7], kept: [0, 3, 7, 9], tried: [1, 2, 4, 5] },
  revisions: { says: t("family.revisions"), parents: [0, 1, 2, 3], kept: [0, 3, 4], corrections: [[1, 3], [2, 4]] },
  attempts: {
    says: t("family.attempts"),
    parents: [0, 0, 0, 1, 2, 3, 4, 5, 6], kept: [0, 2, 5, 8], corrections: [[1, 4], [2, 5], [3, 6], [4, 7], [5, 8], [6, 9]],
  },
  labels: { says: t("family.labels"), parents: [0, 1, 2, 1, 1, 2, 2, 3, 3], kept: [0, 1, 2, 3], tried: [4, 5, 6, 7, 8, 9] },
};

const FAMILY_OF = {
  chain_of_thought: "chain", self_consistency: "samples", best_of_n: "samples", stepwise_best_of_n: "stepwise",
  beam_search: "beam", dvts: "subtrees", lookahead: "lookahead", mcts: "tree", rest_mcts: "tree", ab_mcts: "tree", rstar: "tree",
  compute_optimal: "difficulty", sequential_revision: "attempts", self_refine: "revisions", check_as_context: "revisions",
  score: "revisions", monte_carlo_labels: "labels", omega_prm: "labels",
};

/** @returns {{says: string, picture: SVGElement}|null} null for a strategy of no known family */
export function schematicOf(strategy) {
  const family = FAMILIES[FAMILY_OF[strategy]];
  return family ? { says: family.says, picture: draw(family) } : null;
}

function draw({ says, parents, kept, tried = [], corrections = [] }) {
  const spots = placed(parents);
  const width = Math.max(...spots.map(({ x }) => x)) + MARGIN;
  const height = Math.max(...spots.map(({ y }) => y)) + MARGIN;
  const kindOf = (id) => (kept.includes(id) ? "kept" : tried.includes(id) ? "tried" : "left");
  return svg("svg", { class: "tw-schematic", viewBox: `0 0 ${width} ${height}`, width: 1.4 * width, height: 1.4 * height, role: "img", "aria-label": says },
    parents.map((parent, k) => svg("path", { "data-kind": kindOf(k + 1), d: line(spots[parent], spots[k + 1]) })),
    corrections.map(([from, to]) => svg("path", { "data-kind": "correction", d: bow(spots[from], spots[to]) })),
    spots.map(({ x, y }, id) => svg("circle", { "data-kind": kindOf(id), cx: x, cy: y, r: RADIUS })));
}

/** Where each node stands, from the left and from the top. */
function placed(parents) {
  const children = [[], ...parents.map(() => [])];
  parents.forEach((parent, k) => children[parent].push(k + 1));
  const x = tidyLayout(children);
  const left = Math.min(...x);
  const spots = [{ x: MARGIN + STEP_X * (x[0] - left), y: MARGIN }];
  parents.forEach((parent, k) => spots.push({ x: MARGIN + STEP_X * (x[k + 1] - left), y: spots[parent].y + STEP_Y }));
  return spots;
}

const line = (a, b) => `M${a.x} ${a.y}L${b.x} ${b.y}`;
const bow = (a, b) => `M${a.x} ${a.y}Q${a.x - STEP_X / 1.6} ${(a.y + b.y) / 2} ${b.x} ${b.y}`;

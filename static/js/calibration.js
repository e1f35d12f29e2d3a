/** How far scores can be taken at their word: of the steps scored 0.8, are eight in ten right? */

const BINS = 5;

/**
 * @param {{score: number, good: boolean}[]} judged
 * @returns {{n: number, error: number, bins: {score: number, share: number, n: number}[]}|null} `error`: the expected
 *   calibration error (Guo et al. 2017), the distance of mean score and share of good ones, over the bins that
 *   have any; null where nothing is judged
 */
export function calibration(judged) {
  if (!judged.length) return null;
  const bins = Array.from({ length: BINS }, () => ({ score: 0, good: 0, n: 0 }));
  for (const { score, good } of judged) {
    const bin = bins[Math.min(BINS - 1, Math.max(0, Math.floor(score * BINS)))];
    bin.score += score;
    bin.good += good ? 1 : 0;
    bin.n += 1;
  }
  const n = judged.length;
  const error = bins.reduce((sum, bin) => sum + Math.abs(bin.score - bin.good), 0) / n;
  return { n, error, bins: bins.filter((bin) => bin.n).map((bin) => ({ score: bin.score / bin.n, share: bin.good / bin.n, n: bin.n })) };
}

/**
 * What a run has to compare its scores with.
 * @param {import("./tree-model.js").TreeNode[]} nodes
 * @param {Object<string, boolean|null>} right whether each answer is right
 * @returns {Map<string, {answers: {score: number, good: boolean}[], labels: {score: number, good: boolean}[]}>} by verifier
 */
export function judgements(nodes, right) {
  const found = new Map();
  for (const { scores, terminal, answer, label } of nodes) {
    for (const [verifier, score] of Object.entries(scores ?? {})) {
      if (score === null) continue;
      if (!found.has(verifier)) found.set(verifier, { answers: [], labels: [] });
      const { answers, labels } = found.get(verifier);
      const good = terminal && answer !== null ? right[answer] : null;
      if (typeof good === "boolean") answers.push({ score, good });
      // A neutral step is neither.
      if (label === 1 || label === -1) labels.push({ score, good: label === 1 });
    }
  }
  return found;
}

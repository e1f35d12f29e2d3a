/** What a correction changed: two texts compared by words, numbers and TeX commands, none of them ever cut. */

const TOKEN = /\\[A-Za-z]+|\d+(?:[.,]\d+)*|[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)*|\s+|./gsu;

/** Beyond this many pairs of tokens the texts are shown one after the other: comparing would be felt. */
const MOST_PAIRS = 1_000_000;

/**
 * @param {string} before
 * @param {string} after
 * @returns {{kind: "same"|"gone"|"new", text: string}[]} in reading order; without the new ones it is `before`,
 *   without the gone ones `after`
 */
export function wordDiff(before, after) {
  const [old, now] = [before, after].map((text) => text.match(TOKEN) ?? []);
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const middle = changes(old.slice(start, old.length - end), now.slice(start, now.length - end));
  return joined([...same(old.slice(0, start)), ...middle, ...same(old.slice(old.length - end))]);
}

const same = (tokens) => tokens.map((text) => ({ kind: "same", text }));

/** By the longest common subsequence, what is gone before what is new. */
function changes(old, now) {
  const all = (kind, tokens) => tokens.map((text) => ({ kind, text }));
  if (old.length * now.length > MOST_PAIRS) return [...all("gone", old), ...all("new", now)];
  const width = now.length + 1;
  const common = new Uint16Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      common[i * width + j] = old[i] === now[j]
        ? common[(i + 1) * width + j + 1] + 1
        : Math.max(common[(i + 1) * width + j], common[i * width + j + 1]);
    }
  }
  const found = [];
  let [i, j] = [0, 0];
  while (i < old.length && j < now.length) {
    if (old[i] === now[j]) {
      found.push({ kind: "same", text: old[i] });
      i += 1;
      j += 1;
    } else if (common[(i + 1) * width + j] >= common[i * width + j + 1]) found.push({ kind: "gone", text: old[i++] });
    else found.push({ kind: "new", text: now[j++] });
  }
  return [...found, ...all("gone", old.slice(i)), ...all("new", now.slice(j))];
}

/**
 * Neighbours of one kind become one part, and within a changed stretch what is gone comes first: a space that
 * both have between two changed words belongs to the change, or the eye sees confetti.
 */
function joined(parts) {
  const found = [];
  let gone = "";
  let fresh = "";
  const flush = () => {
    if (gone) found.push({ kind: "gone", text: gone });
    if (fresh) found.push({ kind: "new", text: fresh });
    gone = fresh = "";
  };
  parts.forEach((part, place) => {
    const between = part.kind === "same" && /^\s+$/.test(part.text) && (gone || fresh) && parts[place + 1]?.kind !== "same" && place + 1 < parts.length;
    if (part.kind === "gone" || between) gone += part.text;
    if (part.kind === "new" || between) fresh += part.text;
    if (part.kind !== "same" || between) return;
    flush();
    if (found.at(-1)?.kind === "same") found.at(-1).text += part.text;
    else found.push({ ...part });
  });
  flush();
  return found;
}

/** Keeps the page's address and what is shown the same: a reload or a copied address brings it back. */

const WHOLE = /^\d+$/;

/**
 * @returns {{run: string|null, node: number|null, at: number|null, pair: (string|null)[]|null,
 *   nodes: (number|null)[]}} at: the event whose moment is shown; pair: two runs that are compared, with the step
 *   selected in each
 */
export function readAddress() {
  const query = new URLSearchParams(location.search);
  const nodes = (query.get("node") ?? "").split(",").map((one) => (WHOLE.test(one) ? Number(one) : null));
  const at = WHOLE.test(query.get("at") ?? "") ? Number(query.get("at")) : null;
  const [a, b] = query.get("compare")?.split(",") ?? [];
  return { run: query.get("run"), node: nodes[0], at, pair: a === undefined ? null : [a || null, b || null], nodes };
}

/**
 * @param {boolean} push whether Back should lead to what was shown before. The form in front of a run gives its
 *   place up to the run that came out of it, so that Back leads from run to run.
 */
export function writeAddress(run, node, push = false) {
  const other = run !== readAddress().run;
  write({ run, node, compare: null, ...(other && { at: null }) }, push);
}

/** @param {number|null} at the event whose moment is shown; null: the present */
export function writeMoment(at) {
  write({ at }, false);
}

/** @param {string[]} runs @param {(number|null)[]} nodes @param {boolean} push as in `writeAddress` */
export function writePair(runs, nodes, push = false) {
  const node = nodes.some((one) => one !== null) ? nodes.map((one) => one ?? "").join(",") : null;
  write({ run: null, node, at: null, compare: runs.join(",") }, push);
}

/** How the panes look at a run (what `Explorer.look` writes), as it stands in the address. */
export function readLook() {
  return new URLSearchParams(location.search);
}

/** @param {Object<string, any>} look null: as it is at first, and not worth a place in the address */
export function writeLook(look) {
  write(look, false);
}

function write(wanted, push) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(wanted)) {
    if (value === null) query.delete(name);
    else query.set(name, String(value));
  }
  const text = query.toString().replaceAll("%2C", ",");
  const url = (text ? `${location.pathname}?${text}` : location.pathname) + location.hash;
  if (url === location.pathname + location.search + location.hash) return;
  if (push && !history.state?.form) history.pushState(null, "", url);
  else history.replaceState(push ? null : history.state, "", url);
}

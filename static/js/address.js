/** Keeps the page's address and what is shown the same: a reload or a copied address brings it back. */

/** @returns {{run: string|null, node: number|null}} */
export function readAddress() {
  const query = new URLSearchParams(location.search);
  const node = query.get("node");
  return { run: query.get("run"), node: /^\d+$/.test(node ?? "") ? Number(node) : null };
}

/**
 * @param {boolean} push whether Back should lead to what was shown before. The form in front of a run gives its
 *   place up to the run that came out of it, so that Back leads from run to run.
 */
export function writeAddress(run, node, push = false) {
  const query = new URLSearchParams(location.search);
  const put = (name, value) => (value === null ? query.delete(name) : query.set(name, String(value)));
  put("run", run);
  put("node", node);
  const text = query.toString();
  const url = text ? `${location.pathname}?${text}` : location.pathname;
  if (url === location.pathname + location.search) return;
  if (push && !history.state?.form) history.pushState(null, "", url);
  else history.replaceState(push ? null : history.state, "", url);
}

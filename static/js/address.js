/** Keeps the page's address and what is shown the same: a reload or a copied address brings it back. */

/** @returns {{run: string|null, node: number|null}} */
export function readAddress() {
  const query = new URLSearchParams(location.search);
  const node = query.get("node");
  return { run: query.get("run"), node: /^\d+$/.test(node ?? "") ? Number(node) : null };
}

/** @param {boolean} push whether Back should lead to what was shown before */
export function writeAddress(run, node, push = false) {
  const query = new URLSearchParams(location.search);
  const put = (name, value) => (value === null ? query.delete(name) : query.set(name, String(value)));
  put("run", run);
  put("node", node);
  const text = query.toString();
  const url = text ? `${location.pathname}?${text}` : location.pathname;
  if (url === location.pathname + location.search) return;
  // A new entry starts without the state of the one before (the form in front of a run, say).
  if (push) history.pushState(null, "", url);
  else history.replaceState(history.state, "", url);
}

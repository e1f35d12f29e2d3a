/** Small screens only: what was just selected in the tree, in two lines; leads to the reading pane. */

import { fill, h } from "./dom.js";
import { decimal, oneLine, words } from "./format.js";
import { flagMark, mark } from "./legend.js";
import { coalesced } from "./schedule.js";

/**
 * @param {import("./session.js").Session} session
 * @param {() => void} read
 * @returns {HTMLElement}
 */
export function newPeek(session, read) {
  const element = h("button.tw-peek", { type: "button", hidden: true, onclick: read });
  const show = () => {
    const node = session.selected === null ? null : session.model.nodes[session.selected];
    element.hidden = !node;
    if (!node) return;
    fill(element, mark(node),
      h("span.tw-peek-text", {}, h("b", {}, `${words(node.action)} `), oneLine(node.text, 120)),
      node.flagged && flagMark(), h("span.tw-dim", {}, decimal(node.value)), h("span.tw-dim", { "aria-hidden": "true" }, "›"));
  };
  for (const notice of ["select", "open"]) session.on(notice, show);
  const showSoon = coalesced(show);
  session.on("tree", () => showSoon());
  return element;
}

/**
 * What was just selected in the tree, in two lines, where there is no reading pane beside it: on small screens, where it
 * leads to that pane, and in a frame of another page, where it is all there is to read for a finger.
 */

import { fill, h } from "./dom.js";
import { decimal, oneLine, words } from "./format.js";
import { flagMark, mark } from "./legend.js";
import { coalesced } from "./schedule.js";

/**
 * @param {import("./session.js").Session} session
 * @param {(() => void)|null} read leads to the reading pane; null where there is none
 * @returns {HTMLElement}
 */
export function newPeek(session, read) {
  const element = read ? h("button.tw-peek", { type: "button", hidden: true, onclick: read }) : h("div.tw-peek", { role: "status", hidden: true });
  const show = () => {
    const node = session.selected === null ? null : session.model.nodes[session.selected];
    element.hidden = !node;
    if (!node) return;
    fill(element, mark(node),
      h("span.tw-peek-text", {}, h("b", {}, `${words(node.action)} `), oneLine(node.text, read ? 120 : 400)),
      node.flagged && flagMark(), h("span.tw-dim", {}, decimal(node.value)), read && h("span.tw-dim", { "aria-hidden": "true" }, "›"));
  };
  for (const notice of ["select", "open"]) session.on(notice, show);
  const showSoon = coalesced(show);
  session.on("tree", () => showSoon());
  return element;
}

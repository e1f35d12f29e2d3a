/** Three hints for a first visit, one at a time, each shown once: this browser remembers which. */

import { h } from "./dom.js";
import { isTyping } from "./keys.js";
import { t } from "./words.js";

const KEY = "treewright.hints";
/** Whoever points with a finger has no keys to press, mostly. */
const TOUCH = matchMedia("(hover: none)").matches;

/**
 * due: whether this is the moment for it; waits: whether it would be wrong just now, and may be right again; place: puts it beside what it is about, where that is on the page.
 * None covers anything that can be clicked, and none moves the tree.
 */
const HINTS = [
  {
    name: "search", text: t("hint.search"),
    due: ({ run, connection }) => run === null && connection === "idle",
    // Whoever has typed or picked a problem looks for no example.
    waits: () => Boolean(document.getElementById("tw-problem")?.querySelector("textarea").value.trim()),
    place: (hint) => document.getElementById("tw-search")?.after(hint),
  },
  {
    name: "tree", text: t(TOUCH ? "hint.treeTouch" : "hint.tree"),
    due: ({ run, model, selected }) => run !== null && model.size > 1 && selected === null,
    place: (hint) => document.querySelector(".tw-overview")?.append(hint),
  },
  {
    name: "judge", text: t(TOUCH ? "hint.judgeTouch" : "hint.judge"),
    due: ({ run, model, selected, readOnly }) => run !== null && !readOnly && selected !== null && model.nodes[selected].label === null,
    place: (hint) => [...document.querySelectorAll(".tw-reading .tw-label-bar")].at(-1)?.after(hint),
  },
];

/** @param {import("./session.js").Session} session */
export function giveHints(session) {
  if (session.shared) return;
  const seen = new Set(read());
  let shown = null;
  const finish = () => {
    shown.element.remove();
    seen.add(shown.name);
    keep([...seen]);
    shown = null;
  };
  const show = () => {
    const due = HINTS.find((hint) => hint.due(session));
    // Whoever has gone on does not need it any more.
    if (shown && shown.name !== due?.name) finish();
    if (due?.waits?.()) {
      shown?.element.remove();
      shown = null;
      return;
    }
    if (shown || !due || seen.has(due.name)) return;
    const element = h("div.tw-hint-box", { role: "status", "data-hint": due.name }, h("span", {}, due.text),
      h("button.tw-icon-button", { type: "button", "aria-label": t("hint.close"), title: t("hint.closeTitle"), onclick: () => finish() }, "×"));
    due.place(element);
    if (element.isConnected) shown = { name: due.name, element };
  };
  for (const notice of ["open", "connection", "run", "tree", "select", "time", "problem"]) session.on(notice, show);
  document.addEventListener("keydown", (event) => {
    if (shown && event.key === "Escape" && !isTyping(event)) finish();
  }, true);
}

function read() {
  try {
    const names = JSON.parse(localStorage.getItem(KEY));
    return Array.isArray(names) ? names : [];
  } catch {
    return [];
  }
}

function keep(names) {
  try {
    localStorage.setItem(KEY, JSON.stringify(names));
  } catch {
    // Storage can be forbidden; the hints then come again with the next visit.
  }
}

/** Dialogs, and the key sheet in one. Native <dialog>: focus and Escape are the browser's. */

import { h } from "./dom.js";

const KEYS = [
  ["Judge the selected step", [["1", "bad"], ["2", "neutral"], ["3", "good"], ["0", "clear"]]],
  ["Steer the search from there", [["g", "propose 4 more below"], ["e", "write a step below"], ["i", "edit the step"], ["x", "prune, or restore"], ["r", "search from here anew"], ["Ctrl Z", "undo the last change"]]],
  ["Move", [["j", "next step"], ["k", "previous step"], ["↑ ↓ ← →", "parent, best child, neighbours"], ["Esc", "back to the best path"]]],
  ["In the outline", [["↑ ↓", "previous, next row"], ["→", "open, or first child"], ["←", "close, or parent"], ["Home End", "first, last row"], ["*", "open all beside it"], ["a … z", "type a step's first words"]]],
  ["Find", [["/", "search the steps"], ["n", "next match"], ["N", "previous match"]]],
  ["In time", [["p", "play, or stop"], ["l", "live: the newest state"], ["← →", "on the slider: event by event"], ["PgUp PgDn", "there: next, previous mark"], ["Home End", "there: start, live"]]],
  ["Look", [["+ −", "zoom"], ["f", "show the whole tree"], ["v", "tree or icicle"], ["o", "open or close the fold below"], ["?", "this sheet"]]],
];

const KEYS_OF_COMPARISON = [
  ["In a tree", [["↑ ↓ ← →", "parent, best child, neighbours"], ["+ −", "zoom"], ["f", "show the whole tree"]]],
  ["Between them", [["Tab", "on to the other tree"], ["Esc", "leave the comparison"], ["?", "this sheet"]]],
];

/** How many of the groups, the first ones, are about changing something. */
const CHANGING = 2;

/** @returns {HTMLDialogElement} */
export function openDialog(title, ...content) {
  const dialog = h("dialog.tw-dialog", { "aria-label": title },
    h("header", {}, h("h2", {}, title),
      h("button.tw-icon-button", { type: "button", "aria-label": "Close", onclick: () => dialog.close() }, "×")),
    ...content);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  // Inside the page's own element, so that the theme's colours apply.
  document.querySelector(".tw-explorer").append(dialog);
  dialog.showModal();
  return dialog;
}

/** @param {boolean} readOnly without the keys that change something */
export function showKeys(readOnly) {
  showGroups(readOnly ? KEYS.slice(CHANGING) : KEYS);
}

export function showKeysOfComparison() {
  showGroups(KEYS_OF_COMPARISON);
}

function showGroups(groups) {
  openDialog("Keys", h("div.tw-keys", {}, groups.map(([title, keys]) =>
    h("section", {}, h("h3", {}, title), h("dl", {}, keys.map(([key, what]) =>
      h("div", {}, h("dt", {}, key.split(" ").map((one) => h("kbd", {}, one))), h("dd", {}, what))))))));
}

/** Dialogs, and the key sheet in one. Native <dialog>: focus and Escape are the browser's. */

import { h, setText } from "./dom.js";
import { t } from "./words.js";

const KEYS = [
  [t("keys.judge"), [["1", t("keys.bad")], ["2", t("keys.neutral")], ["3", t("keys.good")], ["0", t("keys.clear")], ["c", t("keys.comment")], ["m", t("keys.flag")]]],
  [t("keys.steer"), [["g", t("keys.propose")], ["e", t("keys.write")], ["i", t("keys.edit")], ["x", t("keys.prune")], ["r", t("keys.from")], ["Ctrl Z", t("keys.undo")], ["Ctrl Enter", t("keys.start")]]],
  [t("keys.move"), [["j", t("keys.next")], ["k", t("keys.previous")], ["↑ ↓ ← →", t("keys.arrows")], ["Esc", t("keys.back")]]],
  [t("keys.outline"), [["↑ ↓", t("keys.rows")], ["→", t("keys.open")], ["←", t("keys.close")], ["Home End", t("keys.ends")], ["*", t("keys.beside")], ["a … z", t("keys.type")]]],
  [t("keys.find"), [["/", t("keys.search")], ["n", t("keys.nextMatch")], ["N", t("keys.previousMatch")]]],
  [t("keys.time"), [["p", t("keys.play")], ["l", t("keys.live")], ["← →", t("keys.events")], ["PgUp PgDn", t("keys.marks")], ["Home End", t("keys.startEnd")]]],
  [t("keys.look"), [["+ −", t("keys.zoom")], ["f", t("keys.fit")], ["v", t("keys.picture")], ["o", t("keys.fold")], ["?", t("keys.sheet")]]],
];

const KEYS_OF_COMPARISON = [
  [t("keys.inTree"), [["↑ ↓ ← →", t("keys.arrows")], ["+ −", t("keys.zoom")], ["f", t("keys.fit")]]],
  [t("keys.between"), [["Tab", t("keys.other")], ["Esc", t("keys.leave")], ["?", t("keys.sheet")]]],
];

/** How many of the groups, the first ones, are about changing something. */
const CHANGING = 2;

/** @returns {HTMLDialogElement} */
export function openDialog(title, ...content) {
  const dialog = h("dialog.tw-dialog", { "aria-label": title },
    h("header", {}, h("h2", {}, title),
      h("button.tw-icon-button", { type: "button", "aria-label": t("dialog.close"), onclick: () => dialog.close() }, "×")),
    ...content);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (event.target !== dialog) return;
    if (dialog.requestClose) dialog.requestClose();
    else dialog.close();
  });
  // Inside the page's own element, so that the theme's colours apply.
  document.querySelector(".tw-explorer").append(dialog);
  dialog.showModal();
  return dialog;
}

/** What was typed into a field of a dialog is not thrown away by one Escape, or by a press beside it: a second one does. */
export function warnOfLoss(dialog, field, trouble) {
  const before = field.value.trim();
  let warned = null;
  dialog.addEventListener("cancel", (event) => {
    if (field.value.trim() === before || field.value === warned) return;
    event.preventDefault();
    warned = field.value;
    setText(trouble, t("dialog.unsaved"));
    trouble.hidden = false;
  });
}

/** @param {boolean} readOnly without the keys that change something */
export function showKeys(readOnly) {
  showGroups(readOnly ? KEYS.slice(CHANGING) : KEYS);
}

export function showKeysOfComparison() {
  showGroups(KEYS_OF_COMPARISON);
}

function showGroups(groups) {
  openDialog(t("keys.title"), h("div.tw-keys", {}, groups.map(([title, keys]) =>
    h("section", {}, h("h3", {}, title), h("dl", {}, keys.map(([key, what]) =>
      h("div", {}, h("dt", {}, key.split(" ").map((one) => h("kbd", {}, one))), h("dd", {}, what))))))));
}

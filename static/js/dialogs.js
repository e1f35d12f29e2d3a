/** Dialogs: the key sheet, and the link to share. Native <dialog>: focus and Escape are the browser's. */

import { api } from "./api.js";
import { h } from "./dom.js";

const KEYS = [
  ["Judge the selected step", [["1", "bad"], ["2", "neutral"], ["3", "good"], ["0", "clear"], ["Ctrl Z", "undo the last label"]]],
  ["Move", [["j", "next step"], ["k", "previous step"], ["↑ ↓ ← →", "parent, best child, neighbours"], ["Esc", "back to the best path"]]],
  ["In the outline", [["↑ ↓", "previous, next row"], ["→", "open, or first child"], ["←", "close, or parent"], ["Home End", "first, last row"]]],
  ["Look", [["+ −", "zoom"], ["f", "show the whole tree"], ["?", "this sheet"]]],
];

/** @returns {HTMLDialogElement} */
function open(title, ...content) {
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
  const groups = readOnly ? KEYS.slice(1) : KEYS;
  open("Keys", h("div.tw-keys", {}, groups.map(([title, keys]) =>
    h("section", {}, h("h3", {}, title), h("dl", {}, keys.map(([key, what]) =>
      h("div", {}, h("dt", {}, key.split(" ").map((one) => h("kbd", {}, one))), h("dd", {}, what))))))));
}

/**
 * Makes a link to the run and shows it. The server shows a link only this once.
 * @param {import("./session.js").Session} session
 */
export async function share(session) {
  let made;
  try {
    made = await api.share(session.run.id);
  } catch (error) {
    session.say(`No link could be made: ${error.message}`, error.hint);
    return;
  }
  const url = new URL(made.url, location.href).href;
  const field = h("input.tw-share-url", { readonly: true, value: url, "aria-label": "Link to this tree", onclick: () => field.select() });
  const copy = h("button.tw-button.tw-primary", { type: "button", onclick: () => copied(field, copy) }, "Copy");
  const until = made.expires_at ? `It works until ${new Date(made.expires_at).toLocaleDateString()}. ` : "";
  open("Share this tree",
    h("p", {}, "Anyone with this link can see the tree, and cannot change anything."),
    h("div.tw-share-row", {}, field, copy),
    h("p.tw-dim", {}, `${until}The link is shown only now: copy it before you close this.`));
  field.select();
}

/** The clipboard is only there on https and localhost; everywhere else the selection is copied. */
async function copied(field, button) {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    document.execCommand("copy");
  }
  button.textContent = "Copied";
}

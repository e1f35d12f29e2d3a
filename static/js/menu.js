/** Menus: a list of things to do that opens at a button. Native popover: closing it is the browser's. */

import { h, setText } from "./dom.js";

const EDGE = 8;

/**
 * @typedef {{title: string, about?: string, why?: string, act: () => void, danger?: boolean, off?: boolean} | string} Item a string is a
 *   heading; what is off cannot be chosen now, and `about` says why (`why` at more length)
 *
 * @param {HTMLElement} button what it opens at
 * @param {Item[]} items
 * @param {string} note what is said above them, and is the name of the menu
 * @returns {{open: boolean, show: (items: Item[]) => void}} `show`: the same items, when something about them has changed
 */
export function openMenu(button, items, note = "") {
  const rows = items.map((item) => (typeof item === "string" ? h("h3", { role: "presentation" }, item) : entry(item, () => menu.hidePopover())));
  const menu = h("div.tw-menu", { role: "menu", "aria-label": note || null, popover: "auto", onkeydown: (event) => move(event, menu) },
    note && h("h3", { role: "presentation" }, note), rows);
  menu.addEventListener("toggle", (event) => {
    const open = event.newState === "open";
    button.setAttribute("aria-expanded", String(open));
    if (!open) menu.remove();
  });
  document.body.append(menu);
  menu.showPopover();
  place(menu, button.getBoundingClientRect());
  menu.querySelector("button")?.focus();
  return {
    get open() {
      return menu.isConnected;
    },
    show: (now) => {
      now.forEach((item, k) => typeof item !== "string" && describe(rows[k], item));
      place(menu, button.getBoundingClientRect());
    },
  };
}

function entry(item, close) {
  const row = h(`button.tw-menu-item${item.danger ? ".tw-danger" : ""}`, {
    type: "button", role: "menuitem", onclick: () => {
      if (row.ariaDisabled === "true") return;
      close();
      item.act();
    },
  }, h("span", {}, item.title), item.about && h("span.tw-dim"));
  describe(row, item);
  return row;
}

/** What may change while the menu is open: in place, for somebody may be on it. */
function describe(row, { about, why, off }) {
  row.ariaDisabled = off ? "true" : null;
  row.title = why ?? "";
  if (about) setText(row.lastChild, about);
}

/** Below the button or, where there is more room, above it; never past the edge of the page. */
function place(menu, at) {
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = at.bottom + 4;
  const fits = below + height <= innerHeight - EDGE || at.top < innerHeight / 2;
  menu.style.left = `${Math.max(EDGE, Math.min(at.left, innerWidth - width - EDGE))}px`;
  menu.style.top = `${Math.max(EDGE, fits ? Math.min(below, innerHeight - height - EDGE) : at.top - 4 - height)}px`;
}

function move(event, menu) {
  const items = [...menu.querySelectorAll("button")];
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  items.at(to % items.length).focus();
}

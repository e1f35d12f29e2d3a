/** Menus: a list of things to do that opens at a button. Native popover: closing it is the browser's. */

import { h } from "./dom.js";

const EDGE = 8;

/**
 * @param {HTMLElement} button what it opens at
 * @param {({title: string, about?: string, act: () => void, danger?: boolean, off?: boolean} | string)[]} items a string
 *   is a heading; what is off cannot be chosen now, and `about` says why
 */
export function openMenu(button, items) {
  const menu = h("div.tw-menu", { role: "menu", popover: "auto", onkeydown: (event) => move(event, menu) },
    items.map((item) => (typeof item === "string" ? h("h3", {}, item) : entry(item, () => menu.hidePopover()))));
  menu.addEventListener("toggle", (event) => {
    const open = event.newState === "open";
    button.setAttribute("aria-expanded", String(open));
    if (!open) menu.remove();
  });
  document.body.append(menu);
  menu.showPopover();
  place(menu, button.getBoundingClientRect());
  menu.querySelector("button")?.focus();
}

function entry({ title, about, act, danger, off }, close) {
  return h(`button.tw-menu-item${danger ? ".tw-danger" : ""}`, {
    type: "button", role: "menuitem", "aria-disabled": off && "true", onclick: () => {
      if (off) return;
      close();
      act();
    },
  }, h("span", {}, title), about && h("span.tw-dim", {}, about));
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

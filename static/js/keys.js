/**
 * The keys of the page. They do nothing while somebody types, picks from a list, or has a dialog open,
 * and a pane that has used a key (the outline its arrows) has prevented its default.
 */

import { h } from "./dom.js";

const BUSY_IN = "input, textarea, select, [contenteditable=''], [contenteditable=true], [role=combobox], [role=listbox], [role=dialog], [role=menu], dialog";

/** @param {KeyboardEvent} event */
export function isTyping(event) {
  return event.defaultPrevented || event.isComposing || Boolean(event.target?.closest?.(BUSY_IN))
    || Boolean(document.querySelector("dialog[open], [role=dialog]"));
}

/**
 * @param {() => Object<string, () => void>} actionsNow by key, as in `event.key`; "ctrl+z" for combinations
 */
export function listenToKeys(actionsNow) {
  document.addEventListener("keydown", (event) => {
    if (isTyping(event) || event.altKey) return;
    const held = event.ctrlKey || event.metaKey ? "ctrl+" : "";
    const action = actionsNow()[held + (held ? event.key.toLowerCase() : event.key)];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

/** A key that a text names, such as ⟦x⟧, and the space before it. */
const NAMED = /(\s*)⟦([^⟧]+)⟧/;

/**
 * A text with the keys that it names as keys. Whoever points with a finger has none, mostly: there the names are left out.
 * @param {string} text
 * @returns {(string|HTMLElement)[]}
 */
export function withKeys(text) {
  const touch = matchMedia("(pointer: coarse)").matches;
  return text.split(NAMED).map((part, k) => (k % 3 === 0 ? part : touch ? "" : k % 3 === 1 ? part : h("kbd", {}, part)));
}

/**
 * Where an arrow leads from a step in the drawing: up to the parent, down to the best child, sideways
 * to the neighbours.
 * @param {import("./tree-model.js").TreeModel} model
 * @returns {number|null}
 */
export function arrowFrom(model, id, arrow) {
  if (id === null) return model.size ? 0 : null;
  const node = model.nodes[id];
  if (arrow === "ArrowUp") return node.parent;
  if (arrow === "ArrowDown") {
    const children = node.children.map((child) => model.nodes[child]);
    return children.length ? children.reduce((a, b) => (rank(b) > rank(a) ? b : a)).id : null;
  }
  const row = model.siblings(id);
  return row[row.indexOf(id) + (arrow === "ArrowLeft" ? -1 : 1)] ?? null;
}

/** More visits first, then the higher value. */
const rank = (node) => node.visits + (node.value ?? 0) / 2;

/**
 * The keys that move and look, and change nothing.
 * @param {import("./session.js").Session} session
 * @param {import("./explorer.js").Explorer} explorer
 * @returns {Object<string, () => void>}
 */
export function keysForLooking(session, explorer) {
  const { outline } = explorer;
  const go = (id) => id !== null && session.select(id);
  return {
    ...keysForPicture(session, explorer),
    j: () => go(outline.neighbour(session.selected, 1)),
    k: () => go(outline.neighbour(session.selected, -1)),
    "/": () => explorer.find(),
    n: () => outline.finder.go(1),
    N: () => outline.finder.go(-1),
  };
}

/** Those of them that need the overview only. */
export function keysForPicture(session, { overview }) {
  const go = (id) => id !== null && session.select(id);
  const arrow = (name) => [name, () => go(arrowFrom(session.model, session.selected, name))];
  return {
    ...Object.fromEntries(["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"].map(arrow)),
    Escape: () => session.select(null),
    "+": () => overview.zoom(0.65),
    "-": () => overview.zoom(1.55),
    f: () => overview.fit(),
    v: () => overview.switch(),
    o: () => overview.toggleFold(),
  };
}

/** The keys that go through the time of a run. @param {import("./time/player.js").Player} player */
export function keysForTime(player) {
  return { p: () => player.toggle(), l: () => player.leave() };
}

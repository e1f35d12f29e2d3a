/**
 * The outline: the tree as an indented list, for the keyboard, for screen readers, and for finding a
 * step by its words. Only the rows in view exist, so ten thousand steps scroll as easily as ten.
 * Follows the ARIA pattern "tree view"; the selection follows the focus.
 */

import { h, keyed, setText } from "./dom.js";
import { byPerson, decimal, oneLine, ratingOf, short, words } from "./format.js";
import { mark } from "./legend.js";
import { coalesced } from "./schedule.js";

const SPARE = 6;

/** @typedef {{id: number, place: number, of: number, open: boolean|null, index: number}} Row */

export class Outline {
  /** @param {import("./session.js").Session} session */
  constructor(session) {
    this.session = session;
    this.collapsed = new Set();
    /** @type {Row[]} */
    this.rows = [];
    this.indexOf = new Map();
    this.tree = h("div.tw-rows", {
      role: "tree", tabindex: "0", "aria-label": "Steps of the tree",
      onkeydown: (event) => this.#key(event), onclick: (event) => this.#click(event),
    });
    this.scroller = h("div.tw-scroller", { onscroll: () => this.#show() }, this.tree);
    this.count = h("span.tw-count");
    this.element = h("section.tw-outline", { "aria-label": "Outline" },
      h("div.tw-pane-bar", {}, h("h2", {}, "Outline"), this.count), this.scroller);
    this.refresh = coalesced(() => this.#rebuild());
    session.on("tree", () => this.refresh());
    session.on("open", () => {
      this.collapsed.clear();
      this.refresh(true);
    });
    session.on("select", (id) => this.#selected(id));
    new ResizeObserver(() => this.#show()).observe(this.scroller);
  }

  /** The step `by` rows further on, or null at the end. For j and k. */
  neighbour(id, by) {
    if (id === null) return this.rows[0]?.id ?? null;
    const index = this.indexOf.get(id);
    return index === undefined ? null : (this.rows[index + by]?.id ?? null);
  }

  get #rowHeight() {
    return parseFloat(getComputedStyle(this.element).getPropertyValue("--tw-row")) || 30;
  }

  #rebuild() {
    const anchor = this.#anchor();
    const { model } = this.session;
    this.rows = listRows(model, this.collapsed);
    this.indexOf = new Map(this.rows.map((row) => [row.id, row.index]));
    const height = this.#rowHeight;
    this.tree.style.height = `${this.rows.length * height}px`;
    if (anchor && this.indexOf.has(anchor.id)) {
      this.scroller.scrollTop = this.indexOf.get(anchor.id) * height - anchor.below;
    }
    setText(this.count, model.size > 1 ? `${model.size - 1} steps` : "");
    this.#show();
  }

  /** The row that stays put while rows are added: the selected one if in view, else the first one. */
  #anchor() {
    const height = this.#rowHeight;
    const { scrollTop, clientHeight } = this.scroller;
    const selected = this.rows[this.indexOf.get(this.session.selected)];
    const below = selected ? selected.index * height - scrollTop : -1;
    if (below >= 0 && below < clientHeight) return { id: selected.id, below };
    const first = this.rows[Math.floor(scrollTop / height)];
    return scrollTop > 0 && first ? { id: first.id, below: first.index * height - scrollTop } : null;
  }

  #show() {
    const height = this.#rowHeight;
    const { scrollTop, clientHeight } = this.scroller;
    const from = Math.max(0, Math.floor(scrollTop / height) - SPARE);
    const to = Math.min(this.rows.length, Math.ceil((scrollTop + clientHeight) / height) + SPARE);
    const inView = this.rows.slice(from, to);
    const selected = this.rows[this.indexOf.get(this.session.selected)];
    // The row named by aria-activedescendant has to exist, wherever it is.
    if (selected && (selected.index < from || selected.index >= to)) inView.push(selected);
    this.best = new Set(this.session.model.bestPath());
    this.busy = this.session.model.busy();
    this.out = this.session.model.out();
    keyed(this.tree, inView, {
      key: (row) => row.id,
      make: (row) => newRow(row, this.session.model.nodes[row.id]),
      update: (element, row) => this.#update(element, row, height),
    });
    if (selected) this.tree.setAttribute("aria-activedescendant", `tw-row-${selected.id}`);
    else this.tree.removeAttribute("aria-activedescendant");
  }

  #update(element, row, height) {
    const node = this.session.model.nodes[row.id];
    const selected = row.id === this.session.selected;
    element.style.transform = `translateY(${row.index * height}px)`;
    setAttribute(element, "aria-selected", String(selected));
    setAttribute(element, "aria-posinset", String(row.place));
    setAttribute(element, "aria-setsize", String(row.of));
    setAttribute(element, "aria-expanded", row.open === null ? null : String(row.open));
    element.classList.toggle("tw-best", this.best.has(row.id));
    element.classList.toggle("tw-busy", this.busy.has(row.id));
    element.classList.toggle("tw-pruned", this.out[row.id] === 1);
    const look = `${node.value} ${node.label} ${node.pruned}`;
    if (element.dataset.look !== look) {
      element.dataset.look = look;
      element.querySelector(".tw-row-mark").replaceChildren(mark(node));
      setText(element.querySelector(".tw-row-value"), decimal(node.value));
      setText(element.querySelector(".tw-row-label"), stateOf(node));
    }
    setText(element.querySelector(".tw-row-visits"), node.visits ? `${short(node.visits)}×` : "");
  }

  #selected(id) {
    if (id !== null) {
      const hidden = this.session.model.path(id).slice(0, -1).filter((at) => this.collapsed.delete(at));
      if (hidden.length || !this.indexOf.has(id)) this.#rebuild();
      this.#scrollTo(this.indexOf.get(id));
    }
    this.#show();
  }

  #scrollTo(index) {
    const height = this.#rowHeight;
    const { scroller } = this;
    const top = index * height;
    // With a row above and below still to be seen.
    const highest = top - height;
    const lowest = top + 2 * height - scroller.clientHeight;
    if (highest < scroller.scrollTop) scroller.scrollTop = highest;
    else if (lowest > scroller.scrollTop) scroller.scrollTop = lowest;
  }

  #toggle(id, open) {
    if (open) this.collapsed.delete(id);
    else this.collapsed.add(id);
    this.#rebuild();
  }

  #click(event) {
    const row = event.target.closest("[data-id]");
    if (!row) return;
    const id = Number(row.dataset.id);
    if (event.target.closest(".tw-twist")) this.#toggle(id, this.collapsed.has(id));
    else this.session.select(id);
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.rows.length) return;
    const move = MOVES[event.key];
    if (!move) return;
    event.preventDefault();
    const index = this.indexOf.get(this.session.selected);
    const row = this.rows[index ?? 0];
    if (index === undefined && event.key !== "End") this.session.select(row.id);
    else move(this, row);
  }

  /** Opens a closed row, else goes to its first child. */
  openOrEnter(row) {
    if (row.open === false) this.#toggle(row.id, true);
    else if (row.open) this.session.select(this.session.model.nodes[row.id].children[0]);
  }

  /** Closes an open row, else goes to its parent. */
  closeOrLeave(row) {
    if (row.open) this.#toggle(row.id, false);
    else this.session.select(this.session.model.nodes[row.id].parent ?? row.id);
  }

  goTo(index) {
    const row = this.rows[Math.min(this.rows.length - 1, Math.max(0, index))];
    this.session.select(row.id);
  }
}

const MOVES = {
  ArrowDown: (outline, row) => outline.goTo(row.index + 1),
  ArrowUp: (outline, row) => outline.goTo(row.index - 1),
  ArrowRight: (outline, row) => outline.openOrEnter(row),
  ArrowLeft: (outline, row) => outline.closeOrLeave(row),
  Home: (outline) => outline.goTo(0),
  End: (outline) => outline.goTo(Infinity),
  PageDown: (outline, row) => outline.goTo(row.index + 10),
  PageUp: (outline, row) => outline.goTo(row.index - 10),
};

/** The rows from top to bottom: every parent before its children, without what is collapsed. */
export function listRows(model, collapsed) {
  const rows = [];
  const stack = model.size ? [{ id: 0, place: 1, of: 1 }] : [];
  while (stack.length) {
    const row = stack.pop();
    const { children } = model.nodes[row.id];
    row.open = children.length ? !collapsed.has(row.id) : null;
    row.index = rows.length;
    rows.push(row);
    if (!row.open) continue;
    for (let k = children.length - 1; k >= 0; k -= 1) {
      stack.push({ id: children[k], place: k + 1, of: children.length });
    }
  }
  return rows;
}

function newRow(row, node) {
  return h("div.tw-row", {
    role: "treeitem", id: `tw-row-${row.id}`, "data-id": row.id, "aria-level": node.depth + 1,
    style: { "--depth": Math.min(node.depth, 24) },
  },
  h("span.tw-twist", { "aria-hidden": "true" }),
  h("span.tw-row-mark"),
  h("span.tw-row-id", {}, `#${row.id}`),
  h("span.tw-row-text", {},
    node.parent === null ? null : h("span.tw-row-action", {}, `${words(node.action)} `),
    oneLine(node.text, 160)),
  h("span.tw-row-label.tw-unseen"),
  h("span.tw-row-visits"),
  h("span.tw-row-value"));
}

/** What the row's looks say, in words for those who do not see them. */
function stateOf(node) {
  return [ratingOf(node.label)?.name, byPerson(node) && "by a person", node.pruned && "pruned"].filter(Boolean).join(", ");
}

function setAttribute(element, name, value) {
  if (element.getAttribute(name) === value) return;
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

/**
 * The outline: the tree as an indented list, for the keyboard, for screen readers, and for finding a
 * step by its words. Only the rows in view exist, so ten thousand steps scroll as easily as ten.
 * Follows the ARIA pattern "tree view"; the selection follows the focus. While something is looked for, the list
 * has what matches, and the way there.
 */

import { fill, h, keyed, setText } from "./dom.js";
import { Finder } from "./finder.js";
import { byPerson, decimal, oneLine, ratingOf, short, words } from "./format.js";
import { flagMark, mark } from "./legend.js";
import { isMatch, listRows, placeOf } from "./outline-rows.js";
import { coalesced } from "./schedule.js";
import { fade } from "./time/recent.js";
import { t } from "./words.js";

const SPARE = 6;
const WORDS_MS = 800;
const LENGTH = 160;
/** Words before a match that begins far into a text. */
const LEAD = 10;

export class Outline {
  /** @param {import("./session.js").Session} session */
  constructor(session) {
    this.session = session;
    this.collapsed = new Set();
    /** What a search leaves of the tree; null: nothing is looked for. */
    this.wanted = null;
    this.typed = { text: "", at: -Infinity };
    /** Which keys the page has a use for. */
    this.isPageKey = () => false;
    /** @type {import("./outline-rows.js").Row[]} */
    this.rows = [];
    this.size = 0;
    this.indexOf = new Map();
    this.tree = h("div.tw-rows", {
      role: "tree", tabindex: "0", "aria-label": t("outline.steps"),
      onkeydown: (event) => this.#key(event), onclick: (event) => this.#click(event),
    });
    this.scroller = h("div.tw-scroller", { onscroll: () => this.#show() }, this.tree);
    this.count = h("span.tw-count");
    this.finder = new Finder(session, {
      changed: () => this.#looked(), found: () => this.refresh(true), leave: () => this.tree.focus(),
    });
    this.element = h("section.tw-outline", { "aria-label": t("pane.outline") },
      h("div.tw-pane-bar", {}, h("h2", {}, t("pane.outline")), this.count, this.finder.element), this.scroller);
    this.refresh = coalesced(() => this.#rebuild());
    // Rows of steps that are not there any more, in the past, cannot wait.
    session.on("tree", () => this.refresh(session.model.size < this.size));
    session.on("texts", () => this.refresh());
    session.on("open", () => {
      this.collapsed.clear();
      this.finder.clear();
      this.refresh(true);
    });
    session.on("select", (id) => this.#selected(id));
    new ResizeObserver(() => this.#show()).observe(this.scroller);
  }

  /** The step `by` rows further on, or null at the end. For j and k. */
  neighbour(id, by) {
    if (id === null) return this.rows[0]?.id ?? null;
    const index = this.indexOf.get(id);
    // The selected step may be one that a search has left out.
    return index === undefined ? (this.rows[0]?.id ?? null) : (this.rows[index + by]?.id ?? null);
  }

  get #rowHeight() {
    return parseFloat(getComputedStyle(this.element).getPropertyValue("--tw-row")) || 30;
  }

  #rebuild() {
    const anchor = this.#anchor();
    const { model, selected } = this.session;
    const listed = this.indexOf.has(selected);
    this.size = model.size;
    this.wanted = this.finder.wanted();
    this.rows = listRows(model, this.collapsed, this.wanted);
    this.indexOf = new Map(this.rows.map((row) => [row.id, row.index]));
    const height = this.#rowHeight;
    this.tree.style.height = `${this.rows.length * height}px`;
    if (anchor && this.indexOf.has(anchor.id)) {
      this.scroller.scrollTop = this.indexOf.get(anchor.id) * height - anchor.below;
    }
    // What is looked for may be found only once the long texts are here.
    if (!listed && this.indexOf.has(selected)) this.#scrollTo(this.indexOf.get(selected));
    setText(this.count, model.size > 1 ? t("drawn.all", { count: model.size - 1 }) : "");
    this.finder.found(this.rows, this.wanted);
    this.#show();
  }

  /** Something else is looked for. What was closed by hand may hide what is found: all is open again. */
  #looked() {
    this.collapsed.clear();
    this.#rebuild();
    const { selected } = this.session;
    if (this.indexOf.has(selected)) this.#scrollTo(this.indexOf.get(selected));
    else this.scroller.scrollTop = 0;
    this.#show();
    this.session.tell("look");
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
    if (selected?.index < from) inView.unshift(selected);
    else if (selected?.index >= to) inView.push(selected);
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
    fade(element, this.session.recent.at(row.id));
    element.classList.toggle("tw-way", this.wanted !== null && !isMatch(this.wanted, row.id));
    const sought = this.wanted && isMatch(this.wanted, row.id) ? this.finder.text : "";
    const look = `${node.value} ${node.label} ${node.flagged} ${node.pruned} ${node.cut} ${sought}`;
    if (element.dataset.look !== look) {
      element.dataset.look = look;
      fill(element.querySelector(".tw-row-words"), wordsOf(node, sought));
      element.querySelector(".tw-row-mark").replaceChildren(mark(node));
      fill(element.querySelector(".tw-row-flag"), node.flagged && flagMark());
      setText(element.querySelector(".tw-row-value"), decimal(node.value));
      setText(element.querySelector(".tw-row-label"), stateOf(node));
    }
    setText(element.querySelector(".tw-row-visits"), node.visits ? `${short(node.visits)}×` : "");
  }

  #selected(id) {
    if (id !== null) {
      const hidden = this.session.model.path(id).slice(0, -1).filter((at) => this.collapsed.delete(at));
      if (hidden.length || (!this.wanted && !this.indexOf.has(id))) this.#rebuild();
      if (this.indexOf.has(id)) this.#scrollTo(this.indexOf.get(id));
    }
    this.finder.selected();
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
    const move = MOVES[event.key] ?? this.#wordsMove(event.key);
    if (!move) return;
    event.preventDefault();
    const index = this.indexOf.get(this.session.selected);
    const row = this.rows[index ?? 0];
    if (index === undefined && event.key !== "End") this.session.select(row.id);
    else move(this, row);
  }

  /**
   * Type-ahead: on to the next row whose step begins with what is typed. A letter that is a key of the page
   * stays that, unless words are being typed already.
   */
  #wordsMove(key) {
    if (key.length !== 1) return null;
    const now = performance.now();
    const { text, at } = this.typed;
    const before = now - at < WORDS_MS ? text : "";
    if (!before && (key === " " || this.isPageKey(key))) return null;
    this.typed = { text: before + key.toLowerCase(), at: now };
    return (_, row) => this.#goToWords(row, this.typed.text);
  }

  #goToWords(row, text) {
    const { nodes } = this.session.model;
    const from = text.length > 1 ? row.index : row.index + 1;
    for (let k = 0; k < this.rows.length; k += 1) {
      const { id } = this.rows[(from + k) % this.rows.length];
      if (!nodes[id].text.toLowerCase().startsWith(text)) continue;
      this.session.select(id);
      return;
    }
  }

  /** Opens a closed row, else goes to its first child. */
  openOrEnter(row) {
    if (row.open === false) this.#toggle(row.id, true);
    else if (row.open) this.session.select(this.rows[row.index + 1].id);
  }

  /** Opens the row and all beside it. */
  openBeside(row) {
    for (const id of this.session.model.siblings(row.id)) this.collapsed.delete(id);
    this.#rebuild();
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
  "*": (outline, row) => outline.openBeside(row),
  PageDown: (outline, row) => outline.goTo(row.index + 10),
  PageUp: (outline, row) => outline.goTo(row.index - 10),
};

function newRow(row, node) {
  return h("div.tw-row", {
    role: "treeitem", id: `tw-row-${row.id}`, "data-id": row.id, "aria-level": node.depth + 1,
    style: { "--depth": Math.min(node.depth, 24) },
  },
  h("span.tw-twist", { "aria-hidden": "true" }),
  h("span.tw-row-mark"),
  h("span.tw-row-id", {}, `#${row.id}`),
  h("span.tw-row-text", { dir: "auto" },
    node.parent === null ? null : h("span.tw-row-action", {}, `${words(node.action)} `),
    h("span.tw-row-words")),
  h("span.tw-row-label.tw-unseen"),
  h("span.tw-row-flag"),
  h("span.tw-row-visits"),
  h("span.tw-row-value"));
}

/** The step's words on one line; what was looked for stands out, and is brought to the front. */
function wordsOf(node, sought) {
  const place = sought ? placeOf(node, sought) : -1;
  if (place < 0) return [oneLine(node.text, LENGTH)];
  const end = place + sought.length;
  const from = place > 2 * LEAD ? place - LEAD : 0;
  const before = node.text.slice(from, place).replace(/\s+/g, " ");
  return [from ? `…${before}` : before, h("mark", {}, node.text.slice(place, end)), node.text.slice(end, end + LENGTH).replace(/\s+/g, " ")];
}

/** What the row's looks say, in words for those who do not see them. */
function stateOf(node) {
  return [ratingOf(node.label)?.name, node.flagged && t("step.flagged"), byPerson(node) && t("step.byPerson"), node.pruned && t("step.pruned")].filter(Boolean).join(", ");
}

function setAttribute(element, name, value) {
  if (element.getAttribute(name) === value) return;
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

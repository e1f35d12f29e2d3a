/**
 * The reading pane: the way from the problem to the selected step, one card per step, and the buttons
 * that judge it, flag it and steer the search from it. With nothing selected it reads the best way found so far.
 */

import { newCard, updateCard } from "./card.js";
import { Comments } from "./comments.js";
import { fill, h, keyed, setText } from "./dom.js";
import { RATINGS, decimal, oneLine } from "./format.js";
import { flagMark, mark } from "./legend.js";
import { PathChart } from "./path-chart.js";
import { coalesced } from "./schedule.js";
import { MORE } from "./steering.js";
import { SummaryControl } from "./summaries.js";
import { Why } from "./why.js";
import { t } from "./words.js";

/** What is left free around the selected card. */
const MARGIN = 8;
const PRUNE_KEY = "x";

export class Reading {
  /**
   * @param {import("./session.js").Session} session
   * @param {import("./labels.js").Labels} labels
   * @param {import("./steering.js").Steering} steering
   * @param {(seq: number) => void} goTo shows a moment of the run
   */
  constructor(session, labels, steering, goTo) {
    this.session = session;
    this.labels = labels;
    this.steering = steering;
    this.comments = new Comments(session, labels);
    this.summary = new SummaryControl(session);
    this.values = new PathChart((id) => session.select(id));
    this.why = new Why(session, goTo);
    this.#build();
    this.#stayInView();
    this.refresh = coalesced(() => this.#show());
    session.on("tree", () => this.refresh());
    for (const notice of ["open", "label", "summary", "texts"]) session.on(notice, () => this.refresh(true));
    session.on("select", (id) => {
      this.refresh(true);
      this.following = id !== null;
      if (id !== null) this.showSelected();
    });
  }

  #build() {
    const { session } = this;
    this.title = h("h2");
    this.close = h("button.tw-icon-button", {
      type: "button", title: t("reading.back"), "aria-label": t("reading.back"),
      onclick: () => session.select(null),
    }, "×");
    this.buttons = new Map();
    this.bar = h("div.tw-label-bar", { role: "group", "aria-label": t("reading.judge") },
      RATINGS.map((one) => this.#button(one, one.means)),
      this.#button({ rating: null, sign: "", name: t("rating.clear"), key: "0" }, t("rating.clearTitle")));
    this.flag = h("button.tw-label.tw-flag", {
      type: "button", title: t("flags.title"), onclick: () => session.flags.toggle(),
    }, flagMark(), h("span", {}, t("flags.flag")), h("kbd", { "aria-hidden": "true" }, "m"));
    this.propose = this.#act(t("steer.propose", { count: MORE }), "g", t("steer.proposeTitle", { count: MORE }), () => this.steering.propose());
    this.write = this.#act(t("steer.write"), "e", t("steer.writeTitle"), () => this.steering.write());
    this.edit = this.#act(t("steer.edit"), "i", t("steer.editTitle"), () => this.steering.edit());
    this.prune = this.#act(t("steer.prune"), PRUNE_KEY, "", () => this.steering.prune());
    this.from = this.#act(t("steer.from"), "r", t("steer.fromTitle"), () => this.steering.searchFromHere());
    this.more = h("button.tw-label.tw-steer-more", {
      type: "button", "aria-expanded": "false", "aria-controls": "tw-steer-bar", title: t("steer.label"), onclick: () => this.#showMore(),
    }, t("steer.more"));
    this.bar.append(this.more);
    this.steerBar = h("div.tw-label-bar.tw-steer-bar", { id: "tw-steer-bar", role: "group", "aria-label": t("steer.label") },
      this.propose, this.write, this.edit, this.prune, this.from);
    this.path = h("div.tw-path");
    this.siblings = newChips(t("reading.alternatives"));
    this.next = newChips(t("reading.next"));
    this.scroller = h("div.tw-scroller", {}, this.values.element, this.summary.card, this.path, this.why.element, this.next.element);
    this.element = h("section.tw-reading", { "aria-label": t("reading.label") },
      h("div.tw-pane-bar", {}, this.title, h("div.tw-tools", {}, session.shared ? null : this.flag, this.summary.button, this.close)),
      session.shared ? null : this.bar,
      session.shared ? null : this.steerBar,
      this.siblings.element,
      this.scroller);
  }

  /** What comes late, texts or a hint, must not push the selected step out of view; once somebody scrolls, they choose. */
  #stayInView() {
    this.following = false;
    for (const sign of ["wheel", "touchmove", "pointerdown", "keydown"]) {
      this.scroller.addEventListener(sign, () => {
        this.following = false;
      }, { passive: true });
    }
    const watch = new ResizeObserver(() => this.following && this.showSelected());
    for (const element of [this.scroller, this.path]) watch.observe(element);
  }

  #button({ rating, sign, name, key }, title) {
    const button = h("button.tw-label", {
      type: "button", "data-rating": String(rating), title: `${title} (${key})`, onclick: () => this.labels.set(rating),
    }, sign ? h("span.tw-label-sign", { "aria-hidden": "true" }, sign) : null, name, h("kbd", { "aria-hidden": "true" }, key));
    this.buttons.set(rating, button);
    return button;
  }

  #act(name, key, title, act) {
    return h("button.tw-label.tw-act", { type: "button", title: `${title} (${key})`, onclick: act }, h("span", {}, name));
  }

  /** On a small screen what steers the search is behind a button, so that there is room to read. */
  #showMore() {
    const open = this.more.getAttribute("aria-expanded") !== "true";
    this.more.setAttribute("aria-expanded", String(open));
    this.steerBar.classList.toggle("tw-open", open);
  }

  #showSteering() {
    const may = this.steering.at(this.session.selected);
    const restore = may?.restore ?? null;
    this.propose.disabled = this.write.disabled = !may?.add;
    this.edit.disabled = !may?.edit;
    this.from.disabled = !may?.from;
    this.prune.disabled = restore === null && !may?.prune;
    const elsewhere = restore !== null && restore !== this.session.selected;
    setText(this.prune.firstChild, restore === null ? t("steer.prune") : elsewhere ? t("steer.restoreStep", { node: restore }) : t("steer.restore"));
    const title = restore === null ? t("steer.pruneTitle") : t("steer.restoreTitle", { node: restore });
    this.prune.title = `${title} (${PRUNE_KEY})`;
  }

  #show() {
    const { session } = this;
    const { model, selected } = session;
    const path = selected === null ? model.bestPath() : model.path(selected);
    const node = selected === null ? null : model.nodes[selected];
    setText(this.title, node ? t("reading.step", { node: selected }) : model.answered === null ? t("reading.mostVisited") : t("reading.toAnswer"));
    this.close.hidden = !node;
    for (const [rating, button] of this.buttons) {
      button.disabled = !node || this.session.readOnly || (rating === null && node.label === null);
      if (rating !== null) button.setAttribute("aria-pressed", String(node?.label === rating));
    }
    this.flag.hidden = !node;
    this.flag.disabled = !session.flags.may(node);
    this.flag.setAttribute("aria-pressed", String(node?.flagged === true));
    this.#showSteering();
    this.summary.show(path.at(-1) ?? 0);
    this.values.show(model, path, selected);
    const out = model.out();
    keyed(this.path, path.map((id) => model.nodes[id]), {
      key: (one) => one.id,
      make: (one) => newCard(one, (id) => this.session.select(id), model.nodes[one.corrects] ?? null,
        session.shared ? null : () => this.comments.write()),
      update: (card, one) => updateCard(card, one, {
        selected: one.id === selected, out: out[one.id] === 1, parent: model.nodes[one.parent] ?? null,
        corrected: model.nodes[one.corrects] ?? null, comment: this.comments.of(one),
      }),
    });
    this.#chips(this.siblings, node ? model.siblings(selected) : [], 2, out);
    this.#chips(this.next, node ? node.children : [], 1, out);
  }

  #chips(chips, ids, least, out) {
    chips.element.hidden = ids.length < least;
    setText(chips.count, String(ids.length));
    keyed(chips.list, ids.slice(0, 24), {
      key: (id) => id,
      make: (id) => h("button.tw-chip", {
        type: "button", title: oneLine(this.session.model.nodes[id].text, 160), onclick: () => this.session.select(id),
      }, h("span.tw-chip-mark"), h("span.tw-chip-text")),
      update: (chip, id) => this.#updateChip(chip, id, out[id] === 1),
    });
  }

  #updateChip(chip, id, out) {
    const node = this.session.model.nodes[id];
    chip.setAttribute("aria-current", String(id === this.session.selected));
    chip.classList.toggle("tw-pruned", out);
    const look = `${node.value} ${node.label} ${node.flagged}`;
    if (chip.dataset.look === look) return;
    chip.dataset.look = look;
    fill(chip.firstChild, mark(node), node.flagged && flagMark());
    setText(chip.lastChild, node.value === null ? `#${id}` : `#${id} ${decimal(node.value)}`);
  }

  /** Scrolls to the selected step. A pane that is hidden cannot be scrolled: it is to be done again once it is shown. */
  showSelected() {
    const { list } = this.siblings;
    const chip = list.querySelector("[aria-current=true]");
    if (chip) list.scrollLeft = chip.offsetLeft - list.offsetLeft - (list.clientWidth - chip.offsetWidth) / 2;
    const card = this.path.querySelector(".tw-selected");
    if (!card) return;
    // With the heading of what says why, where both fit; else from the top of the card.
    const { scroller, why } = this;
    const origin = scroller.getBoundingClientRect().top - scroller.scrollTop;
    const top = card.getBoundingClientRect().top - origin - MARGIN;
    const last = why.element.hidden ? card : why.element.firstChild;
    const bottom = last.getBoundingClientRect().bottom - origin + MARGIN;
    const { scrollTop, clientHeight } = scroller;
    if (top < scrollTop || bottom > scrollTop + clientHeight) scroller.scrollTop = Math.min(top, bottom - clientHeight);
  }
}

function newChips(title) {
  const list = h("div.tw-chip-list");
  // How many there are: those that do not fit are scrolled to.
  const count = h("span.tw-chips-count");
  const element = h("nav.tw-chips", { "aria-label": title, hidden: true }, h("span.tw-chips-title", {}, title, " ", count), list);
  return { element, list, count };
}

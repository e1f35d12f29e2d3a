/**
 * What people write beside their judgements. A comment belongs to one label: who judges the step anew says anew why.
 * Events tell of labels without their comments, so these are fetched: with a run, and when one of its steps is judged.
 */

import { api } from "./api.js";
import { openDialog, warnOfLoss } from "./dialogs.js";
import { h, setText } from "./dom.js";
import { ratingOf } from "./format.js";
import { coalesced } from "./schedule.js";
import { t } from "./words.js";

const LONGEST = 4000;
const REFRESH_MS = 500;

export class Comments {
  /** @param {import("./session.js").Session} session @param {import("./labels.js").Labels} labels */
  constructor(session, labels) {
    this.session = session;
    this.labels = labels;
    /** @type {Map<number, {rating: number|null, comment: string}>} the last label of each node */
    this.last = new Map();
    this.known = null;
    const loadSoon = coalesced(() => this.#load(), REFRESH_MS);
    session.on("open", () => {
      this.last.clear();
      this.known = null;
    });
    session.on("run", () => session.run && session.run.id !== this.known && this.#load());
    session.on("event", ({ kind }) => kind === "labelled" && loadSoon());
  }

  /** What was written beside the label that the step has now; "" for nothing. */
  of(node) {
    const { rating, comment } = this.last.get(node.id) ?? {};
    return rating === node.label && !this.session.past ? comment : "";
  }

  /** Opens the form for the comment on the selected step's label. */
  write() {
    const { session } = this;
    if (session.shared || !session.run) return;
    if (session.past) {
      session.sayPast();
      return;
    }
    const node = session.live.nodes[session.selected];
    if (!node) session.saySelect();
    else if (node.label === null) session.say(t("comments.noLabel"), t("comments.labelFirst"), false);
    else new CommentDialog(this, node);
  }

  /** Throws the ApiError that says why it was not saved. */
  async save(node, text) {
    const run = this.session.run.id;
    await this.labels.comment(node.id, text);
    if (this.session.run?.id !== run) return;
    this.last.set(node.id, { rating: node.label, comment: text });
    this.session.tell("label");
  }

  async #load() {
    const { id } = this.session.run ?? {};
    if (!id) return;
    this.known = id;
    // The tree can be read without.
    const { items } = await api.labels(id).catch(() => ({ items: [] }));
    if (this.session.run?.id !== id) return;
    this.last = new Map(items.map(({ node_id: node, rating, comment }) => [node, { rating, comment }]));
    this.session.tell("label");
  }
}

/** What was typed stays until it is stored, or the dialog closed. */
class CommentDialog {
  constructor(comments, node) {
    this.comments = comments;
    this.node = node;
    this.text = h("textarea.tw-step-text", {
      rows: 3, maxlength: LONGEST, "aria-label": t("comments.comment"), dir: "auto", onkeydown: (event) => this.#key(event),
    });
    this.text.value = comments.of(node);
    this.trouble = h("p.tw-trouble", { role: "alert", hidden: true });
    this.button = h("button.tw-button.tw-primary.tw-save-comment", { type: "button", title: t("dialog.saveKey"), onclick: () => this.#save() }, t("comments.save"));
    this.dialog = openDialog(t("comments.title", { node: node.id, label: ratingOf(node.label).name }),
      h("p.tw-dim", {}, t("comments.about")), this.text, this.trouble, h("div.tw-dialog-buttons", {}, this.button));
    warnOfLoss(this.dialog, this.text, this.trouble);
    this.text.focus();
  }

  #key(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    this.#save();
  }

  async #save() {
    if (this.button.disabled) return;
    this.button.disabled = true;
    this.trouble.hidden = true;
    try {
      await this.comments.save(this.node, this.text.value.trim());
      this.dialog.close();
    } catch (error) {
      setText(this.trouble, [error.message, error.hint].filter(Boolean).join(" "));
      this.trouble.hidden = false;
    }
    this.button.disabled = false;
  }
}

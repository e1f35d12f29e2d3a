/** What an owner can do with a run as a whole: tag it, delete it (which can be undone), search it again. */

import { api } from "./api.js";
import { openDialog } from "./dialogs.js";
import { fill, h, setText } from "./dom.js";
import { t } from "./words.js";

const LONGEST_TAG = 40;

export class RunActions {
  /**
   * @param {import("./session.js").Session} session
   * @param {{left: () => void, opened: (run: string) => void, changed: () => void, duplicate: (run: any) => void}} page
   *   left: the open run is no more; changed: the list of runs is out of date
   */
  constructor(session, page) {
    this.session = session;
    this.page = page;
  }

  /** The entries of a run's menu. @param {boolean} deleted whether it is one that can only be restored */
  items(run, deleted = false) {
    if (deleted) return [{ title: t("actions.restore"), act: () => this.#restore(run.id, true) }];
    return [
      { title: t("actions.again"), act: () => this.page.duplicate(run) },
      { title: t("actions.tags"), act: () => new TagDialog(run, (changed) => this.#tagged(changed)) },
      { title: t("actions.delete"), danger: true, act: () => this.#delete(run) },
    ];
  }

  #tagged(run) {
    const { session } = this;
    if (session.run?.id === run.id) session.run.tags = run.tags;
    this.page.changed();
  }

  async #delete({ id }) {
    const { session, page } = this;
    const open = session.run?.id === id;
    try {
      await api.remove(id);
    } catch (error) {
      session.say(t("actions.notDeleted", { why: error.message }), error.hint);
      return;
    }
    if (open) page.left();
    page.changed();
    session.tell("message", {
      text: t("actions.deleted"), hint: t("actions.deletedHow"), bad: false, action: { title: t("actions.undo"), act: () => this.#restore(id, open) },
    });
  }

  async #restore(id, open) {
    const { session, page } = this;
    try {
      await api.restore(id);
    } catch (error) {
      session.say(t("actions.notRestored", { why: error.message }), error.hint);
      return;
    }
    session.say(t("actions.restored"), "", false);
    page.changed();
    if (open && !session.run) page.opened(id);
  }
}

class TagDialog {
  /** @param {(run: any) => void} changed */
  constructor(run, changed) {
    this.run = run;
    this.changed = changed;
    this.list = h("ul.tw-tags", { "aria-label": t("tags.title") });
    this.known = h("datalist", { id: "tw-known-tags" });
    this.input = h("input.tw-tag-input", { maxlength: LONGEST_TAG, list: "tw-known-tags", "aria-label": t("tags.new"), placeholder: t("tags.new") });
    this.trouble = h("p.tw-trouble", { role: "alert", hidden: true });
    openDialog(t("tags.title"),
      h("p.tw-dim", {}, t("tags.about")),
      this.list, h("form.tw-share-row", { onsubmit: (event) => this.#add(event) },
        this.input, this.known, h("button.tw-button.tw-primary", { type: "submit" }, t("tags.add"))), this.trouble);
    this.#show();
    this.input.focus();
    api.tags().then(({ items }) => fill(this.known, items.map(({ tag }) => h("option", { value: tag }))), () => {});
  }

  async #add(event) {
    event.preventDefault();
    const tags = this.input.value.split(/[,，、]/).map((tag) => tag.trim()).filter(Boolean);
    if (tags.length && await this.#change({ add: tags })) this.input.value = "";
  }

  /** @returns {Promise<boolean>} whether it was stored */
  async #change(change) {
    this.trouble.hidden = true;
    try {
      this.run = await api.tag(this.run.id, change);
    } catch (error) {
      setText(this.trouble, error.whole);
      this.trouble.hidden = false;
      return false;
    }
    this.#show();
    this.changed(this.run);
    return true;
  }

  #show() {
    const { tags } = this.run;
    fill(this.list, tags.length ? tags.map((tag) => h("li.tw-chip", {}, tag,
      h("button.tw-icon-button", { type: "button", "aria-label": t("tags.remove", { tag }), onclick: () => this.#change({ remove: [tag] }) }, "×")))
      : h("li.tw-dim", {}, t("tags.none")));
  }
}

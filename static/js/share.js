/** The dialog for sharing: makes links that end, lists those that still work, revokes them. */

import { api } from "./api.js";
import { openDialog } from "./dialogs.js";
import { fill, h, keyed, setText } from "./dom.js";
import { frameCode } from "./embed.js";
import { GIVEN, LOCALE } from "./language.js";
import { pieces, t } from "./words.js";

const DAY = 24 * 3600;
const EXPIRIES = [[t("share.day"), DAY], [t("share.week"), 7 * DAY], [t("share.month"), 30 * DAY], [t("share.years"), 3650 * DAY]];
const USUAL = 30 * DAY;
/** Names by which a machine is known to itself alone. */
const OWN_NAME = /^(localhost|127(\.\d+){3}|\[::1\]|.+\.localhost)$/;

/** @param {import("./session.js").Session} session */
export function share(session) {
  new ShareDialog(session.run.id, session.past?.seq ?? null);
}

class ShareDialog {
  /** @param {string} run @param {number|null} at the event whose moment a link leads to; null: the present */
  constructor(run, at) {
    this.run = run;
    this.at = at;
    /** The link made last, whose address is on the screen. */
    this.made = null;
    this.asked = 0;
    this.expiry = h("select.tw-select", {}, EXPIRIES.map(([text, seconds]) =>
      h("option", { value: seconds, selected: seconds === USUAL }, text)));
    this.create = h("button.tw-button.tw-primary.tw-make-link", { type: "button", onclick: () => this.#make() }, t("share.make"));
    this.address = h("div", { "aria-live": "polite" });
    this.trouble = h("p.tw-trouble", { role: "alert", hidden: true });
    this.heading = h("h3.tw-links-title", {}, t("share.links"));
    this.list = h("ul.tw-links", { "aria-label": t("share.links") });
    openDialog(t("share.title"),
      about(location.hostname),
      h("div.tw-share-row", {}, h("label", {}, pieces("share.worksFor", { time: this.expiry })), this.create),
      this.address, this.trouble, this.heading, this.list);
    this.#showLinks([]);
    this.#attempt(() => this.#load());
  }

  async #make() {
    this.create.disabled = true;
    await this.#attempt(async () => {
      this.made = await api.share(this.run, Number(this.expiry.value));
      this.#showAddress();
      await this.#load();
    });
    this.create.disabled = false;
  }

  async #revoke(link) {
    await this.#attempt(async () => {
      await api.revoke(link.id);
      if (this.made?.id === link.id) {
        this.made = null;
        fill(this.address);
      }
      await this.#load();
    });
  }

  async #load() {
    const asked = (this.asked += 1);
    const { items } = await api.shares(this.run);
    // An answer that was overtaken by a later one is out of date.
    if (asked === this.asked) this.#showLinks(items.filter(works));
  }

  /** Does something and shows, inside the dialog, why it failed. */
  async #attempt(act) {
    this.trouble.hidden = true;
    try {
      await act();
    } catch (error) {
      setText(this.trouble, error.whole);
      this.trouble.hidden = false;
    }
  }

  #showAddress() {
    const { href } = new URL(this.made.url, location.href);
    const query = new URLSearchParams({ ...(this.at !== null && { at: this.at }), ...(GIVEN && { lang: GIVEN }) });
    const url = query.size ? `${href}?${query}` : href;
    const { field, row } = copyRow("input.tw-share-url", url, t("share.link"));
    const frame = copyRow("input.tw-share-frame", frameCode(url), t("share.frame"));
    fill(this.address, row, h("details.tw-settings", {}, h("summary", {}, t("share.embed")), frame.row),
      h("p.tw-dim", {}, this.at !== null && t("share.at", { event: this.at }),
        t("share.onlyNow")));
    field.select();
  }

  #showLinks(links) {
    this.heading.hidden = links.length === 0;
    keyed(this.list, links, {
      key: (link) => link.id,
      make: (link) => h("li", { "data-link": link.id },
        h("span", {}, describe(link), h("b")),
        h("button.tw-button.tw-revoke", { type: "button", "aria-label": t("share.revokeLink", { link: describe(link) }), onclick: () => this.#revoke(link) }, t("share.revoke"))),
      update: (item, link) => setText(item.querySelector("b"), link.id === this.made?.id ? t("share.above") : ""),
    });
  }
}

/** Who can follow a link, which has the address of this page: where that leads nowhere else, how it could. */
function about(host) {
  if (!OWN_NAME.test(host)) return h("p", {}, t("share.about"));
  return h("div.tw-share-here", {}, h("p", {}, t("share.onlyHere", { host })),
    h("p.tw-dim", {}, pieces("share.serve", { command: h("code", {}, t("share.command")) })));
}

function copyRow(kind, value, label) {
  const field = h(kind, { readonly: true, value, "aria-label": label, onclick: () => field.select() });
  const copy = h("button.tw-button", { type: "button", onclick: () => copied(field, copy) }, t("share.copy"));
  return { field, row: h("div.tw-share-row", {}, field, copy) };
}

const works = (link) => link.revoked_at === null && (link.expires_at === null || Date.parse(link.expires_at) > Date.now());

/** Their addresses are known to nobody any more: links are told apart by their times. */
function describe(link) {
  const made = new Date(link.created_at).toLocaleString(LOCALE, { dateStyle: "medium", timeStyle: "short" });
  const until = link.expires_at === null ? "" : t("share.until", { day: new Date(link.expires_at).toLocaleDateString(LOCALE, { dateStyle: "medium" }) });
  return t("share.made", { time: made }) + until + (link.snapshot_seq === null ? "" : t("share.snapshot"));
}

/** The clipboard is only there on https and localhost; everywhere else the selection is copied. */
async function copied(field, button) {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    document.execCommand("copy");
  }
  setText(button, t("share.copied"));
}

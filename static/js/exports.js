/** The menu that saves a run, or a part of it, as a file: pictures are made here, the rest by the server. */

import { api } from "./api.js";
import { openMenu } from "./menu.js";
import { fileName, pictureItems, saveFile } from "./pictures.js";
import { coalesced } from "./schedule.js";
import { t } from "./words.js";

const JUDGED = ["labels", "prm800k"];
/** To know what it has the server goes through the whole log. */
const REFRESH_MS = 1500;

export class ExportMenu {
  /** @param {import("./session.js").Session} session @param {(name: string) => string} strategyTitle */
  constructor(session, strategyTitle) {
    this.session = session;
    this.strategyTitle = strategyTitle;
    this.menu = null;
    const changed = coalesced(() => this.#ask(), REFRESH_MS);
    for (const notice of ["label", "tree", "run"]) session.on(notice, () => this.menu?.open && changed());
  }

  /** @param {HTMLElement} button @param {import("./overview.js").Overview} overview */
  open(button, overview) {
    this.overview = overview;
    /** The formats that the server has nothing for; null until it has said so. */
    this.empty = null;
    this.menu = openMenu(button, this.#items());
    this.#ask();
  }

  /** What cannot be told stays as it is: who saves it is told then. */
  async #ask() {
    const { menu } = this;
    const { id } = this.session.run ?? {};
    if (!menu?.open || !id) return;
    const { items } = await api.exports(id).catch(() => ({ items: [] }));
    if (this.menu !== menu || this.session.run?.id !== id) return;
    this.empty = new Set(items.filter(({ empty }) => empty).map(({ format }) => format));
    menu.show(this.#items());
  }

  #items() {
    const { session } = this;
    const { id } = session.run;
    const item = (format, title, about, node = null) => ({ title, about, act: () => save(session, id, format, node) });
    // A label that was given just now is on its way to the server.
    const labelled = session.live.nodes.some(({ label }) => label !== null);
    const judged = (format, ...rest) =>
      unless(!labelled && this.empty?.has(format) !== false, item(format, ...rest), t("export.noneLabelled"), t("export.noLabels"));
    const taught = (format, title, about, none, why = "") => unless(this.empty?.has(format), item(format, title, about), none, why);
    const path = session.selected === null ? t("export.bestPath") : t("export.path", { node: session.selected });
    const unpaired = t(this.empty?.has("step_labels") ? "export.noneEstimated" : "export.nonePaired");
    return [
      ...pictureItems(session, this.overview, this.strategyTitle),
      path,
      item("markdown", "Markdown", t("export.forNotes"), session.selected),
      item("latex", "LaTeX", t("export.forPapers"), session.selected),
      t("export.whole"),
      item("html", t("export.page"), t("export.pageAbout")),
      item("json", "JSON", t("export.everything")),
      item("graphml", "GraphML", t("export.forGraphs")),
      t("export.judged"),
      judged("labels", t("export.judgements"), t("export.judgementsAbout")),
      judged("prm800k", "PRM800K", t("export.prm800kAbout")),
      t("export.data"),
      taught("policy", t("export.policy"), t("export.policyAbout"), t("export.noneVisited")),
      taught("step_labels", t("export.labels"), t("export.labelsAbout"), t("export.noneEstimated"), t("export.noDataWhy")),
      taught("pairs", t("export.pairs"), t("export.pairsAbout"), unpaired, t("export.noDataWhy")),
    ];
  }
}

const unless = (empty, item, about, why) => (empty ? { ...item, off: true, about, why } : item);

async function save(session, run, format, node) {
  try {
    const { blob, name } = await api.exported(run, format, node);
    if (blob.size) saveFile(blob, fileName(session.run, name));
    else session.say(t("export.failed", { why: t("export.noData") }), t(JUDGED.includes(format) ? "export.noLabels" : "export.noDataWhy"));
  } catch (error) {
    session.say(t("export.failed", { why: error.message }), error.hint);
  }
}

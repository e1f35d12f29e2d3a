/** The menu that saves a run, or a part of it, as a file: pictures are made here, the rest by the server. */

import { api } from "./api.js";
import { fileName, pictureItems, saveFile } from "./pictures.js";
import { t } from "./words.js";

const JUDGED = ["labels", "prm800k"];

/**
 * @param {import("./session.js").Session} session
 * @param {import("./overview.js").Overview} overview
 * @param {(name: string) => string} strategyTitle
 */
export function exportItems(session, overview, strategyTitle) {
  const { id } = session.run;
  const item = (format, title, about, node = null) => ({ title, about, act: () => save(session, id, format, node) });
  const labelled = session.live.nodes.some(({ label }) => label !== null);
  const judged = (format, title, about) => (labelled ? item(format, title, about) : { ...item(format, title, t("export.noneLabelled")), off: true });
  const path = session.selected === null ? t("export.bestPath") : t("export.path", { node: session.selected });
  return [
    ...pictureItems(session, overview, strategyTitle),
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
    item("policy", t("export.policy"), "π"),
    item("step_labels", t("export.labels"), t("export.labelsAbout")),
    item("pairs", t("export.pairs"), t("export.pairsAbout")),
  ];
}

async function save(session, run, format, node) {
  try {
    const { blob, name } = await api.exported(run, format, node);
    if (blob.size) saveFile(blob, fileName(session.run, name));
    else session.say(t("export.failed", { why: t("export.noData") }), t(JUDGED.includes(format) ? "export.noLabels" : "export.noDataWhy"));
  } catch (error) {
    session.say(t("export.failed", { why: error.message }), error.hint);
  }
}

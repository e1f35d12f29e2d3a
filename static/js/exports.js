/** The menu that saves a run, or a part of it, as a file: pictures are made here, the rest by the server. */

import { api } from "./api.js";
import { pictureItems, saveFile } from "./pictures.js";

/**
 * @param {import("./session.js").Session} session
 * @param {import("./overview.js").Overview} overview
 */
export function exportItems(session, overview) {
  const { id } = session.run;
  const item = (format, title, about, node = null) => ({ title, about, act: () => save(session, id, format, node) });
  const path = session.selected === null ? "The best path" : `The path to step ${session.selected}`;
  return [
    ...pictureItems(session, overview),
    path,
    item("markdown", "Markdown", "for notes and issues", session.selected),
    item("latex", "LaTeX", "for papers", session.selected),
    "The whole search",
    item("html", "Web page", "opens without a server"),
    item("json", "JSON", "everything"),
    item("graphml", "GraphML", "for graph programs"),
    "What it teaches (JSON lines)",
    item("policy", "Visit distributions", "π"),
    item("step_labels", "Step labels", "Monte-Carlo"),
    item("pairs", "Pairs", "better, worse"),
  ];
}

async function save(session, run, format, node) {
  try {
    const { blob, name } = await api.exported(run, format, node);
    saveFile(blob, name);
  } catch (error) {
    session.say(`Nothing was saved: ${error.message}`, error.hint);
  }
}

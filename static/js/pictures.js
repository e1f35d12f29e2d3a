/** Pictures of the tree, as it is drawn, and saving what was made as a file. */

import { t } from "./words.js";

const LONGEST_NAME = 48;
const ID_END = 6;

/**
 * The entries of a menu that save the drawing.
 * @param {import("./session.js").Session} session
 * @param {import("./overview.js").Overview} overview
 */
export function pictureItems(session, overview) {
  const save = (format) => savePicture(session, overview.element, format).catch((error) => session.say(t("export.noPicture", { why: error.message })));
  return [
    t("export.drawing"),
    { title: "SVG", about: t("export.svg"), act: () => save("svg") },
    { title: "PNG", about: t("export.png"), act: () => save("png") },
  ];
}

async function savePicture(session, element, format) {
  // Whatever is drawn in the pane at the moment.
  const plot = [...element.querySelectorAll(".js-plotly-plot")].find((one) => one.checkVisibility());
  if (!plot) throw new Error(t("export.nothingDrawn"));
  const { clientWidth: width, clientHeight: height, data, layout } = plot;
  const surface = getComputedStyle(element).getPropertyValue("--tw-surface").trim();
  const figure = { data, layout: { ...layout, paper_bgcolor: surface } };
  const url = await window.Plotly.toImage(figure, { format, width, height, scale: format === "png" ? 2 : 1 });
  saveFile(new Blob([bytesOf(url)]), fileName(session.run, `${session.run.id}.${format}`));
}

/** What a data: address holds. It cannot be fetched: the page's policy allows no such request. */
function bytesOf(url) {
  const [head, body] = [url.slice(0, url.indexOf(",")), url.slice(url.indexOf(",") + 1)];
  return head.endsWith(";base64") ? Uint8Array.from(atob(body), (sign) => sign.charCodeAt(0)) : decodeURIComponent(body);
}

/** The name with words of the problem in place of the run's long id, of which enough stays to tell searches of one problem apart. */
export function fileName({ id, problem }, name) {
  const words = (problem.toLowerCase().match(/[\p{Letter}\p{Number}]+/gu) ?? []).join("-");
  const short = words.slice(0, LONGEST_NAME).replace(/-+$/, "");
  return name.replace(id, [short, id.slice(-ID_END)].filter(Boolean).join("-"));
}

/** @param {Blob} blob @param {string} name */
export function saveFile(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

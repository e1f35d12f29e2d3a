/** Pictures of the tree, as it is drawn, and saving what was made as a file. */

import { captionOf, captioned, inkFor, withCaption } from "./captions.js";
import { t } from "./words.js";

const LONGEST_NAME = 48;
const ID_END = 6;

/**
 * The entries of a menu that save the drawing.
 * @param {import("./session.js").Session} session
 * @param {import("./overview.js").Overview} overview
 * @param {(name: string) => string} strategyTitle
 */
export function pictureItems(session, overview, strategyTitle) {
  const save = (format) => savePicture(session, overview, strategyTitle, format)
    .catch((error) => session.say(t("export.noPicture", { why: error.message })));
  const isCanvas = overview.picture === overview.icicle;
  return [
    t("export.drawing"),
    ...(isCanvas ? [] : [{ title: "SVG", about: t("export.svg"), act: () => save("svg") }]),
    { title: "PNG", about: t("export.png"), act: () => save("png") },
  ];
}

/** Whatever is drawn in the pane at the moment, with a caption. */
async function savePicture(session, overview, strategyTitle, format) {
  const { element } = overview.picture;
  const { clientWidth: width, clientHeight: height } = element;
  const caption = captionOf(session, strategyTitle(session.run.strategy), width);
  const ink = inkFor(element);
  const blob = overview.picture === overview.icicle
    ? await pngOf(captioned(overview.icicle.blocks, { width, height }, caption, ink))
    : await plotted(overview.plot, { width, height }, caption, ink, format);
  saveFile(blob, fileName(session.run, `${session.run.id}.${format}`));
}

async function plotted(plot, size, caption, ink, format) {
  if (!plot?.data) throw new Error(t("export.nothingDrawn"));
  const figure = withCaption({ data: plot.data, layout: plot.layout, ...size }, caption, ink);
  const { width, height } = figure.layout;
  const url = await window.Plotly.toImage(figure, { format, width, height, scale: format === "png" ? 2 : 1 });
  return new Blob([bytesOf(url)]);
}

function pngOf(canvas) {
  return new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error(t("export.nothingDrawn")))), "image/png"));
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

/** Pictures of the tree, as it is drawn, and saving what was made as a file. */

import { captionOf, captioned, inkFor, withCaption } from "./captions.js";
import { keyOf } from "./picture-key.js";
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
  const ink = inkFor(element);
  const caption = captionOf(session, strategyTitle(session.run.strategy), width, ink);
  const isIcicle = overview.picture === overview.icicle;
  const key = keyOf(overview.picture.drawn, isIcicle, width, ink);
  const blob = isIcicle
    ? await pngOf(captioned(overview.icicle.blocks, { width, height }, caption, key, ink))
    : await plotted(overview.plot, (figure) => withCaption({ data: figure.data, layout: figure.layout, width, height }, caption, key, ink), format);
  saveFile(blob, fileName(session.run, `${session.run.id}.${format}`));
}

/** @param {(figure: {data: any[], layout: any}) => {data: any[], layout: any}} complete puts what it says around it */
async function plotted(plot, complete, format) {
  if (!plot?.data) throw new Error(t("export.nothingDrawn"));
  const figure = complete(plot);
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

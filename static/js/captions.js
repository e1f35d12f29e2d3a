/** What a saved picture says of its search: pictures are passed on without the page around them. */

import { plain } from "./figure.js";
import { oneLine, whole } from "./format.js";
import { fitting } from "./measure.js";
import { drawKey, keyInLayout } from "./picture-key.js";
import { t } from "./words.js";

const ABOVE = 58;
const EDGE = 12;
/** A picture of text as SVG may be shown with other letters than these: they have a little more room than they need. */
const ROOM = 0.97;
const TITLE = 15;
const FACTS = 12;

/** @param {HTMLElement} element whose theme's colours the picture has */
export function inkFor(element) {
  const style = getComputedStyle(element);
  const names = ["surface", "text", "muted", "outline", "accent", "best", "correction"];
  return { ...Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--tw-${name}`).trim()])), font: style.fontFamily };
}

/** The problem; who searched, what came of it and what it cost. Each on one line of a picture so wide. */
export function captionOf({ run, model }, strategy, width, ink) {
  const words = { true: t("grade.rightWord"), false: t("grade.wrongWord") };
  const answer = run.answer && [t("run.answer", { answer: oneLine(run.answer, 60) }), words[run.correct]].filter(Boolean).join(", ");
  const cost = [`${whole(model.size - 1)} ${t("cost.nodes")}`, `${whole(run.usage?.generated_tokens ?? 0)} ${t("cost.tokens")}`];
  const room = (width - 2 * EDGE) * ROOM;
  return {
    title: fitting(oneLine(run.problem, Math.ceil(room)), room, `bold ${TITLE}px ${ink.font}`),
    facts: fitting([strategy, answer, ...cost].filter(Boolean).join(" · "), room, `${FACTS}px ${ink.font}`),
  };
}

/** The figure with room for the caption above it and the key of its marks below it. */
export function withCaption({ data, layout, width, height }, { title, facts }, key, ink) {
  const line = (text, size, color, shift) => ({
    text, showarrow: false, borderpad: 0, borderwidth: 0, font: { size, color, family: ink.font }, align: "left",
    xref: "paper", x: 0, xanchor: "left", xshift: EDGE, yref: "paper", y: 1, yanchor: "bottom", yshift: shift,
  });
  const { shapes, annotations } = keyInLayout(key, ink);
  return {
    data,
    layout: {
      ...layout,
      width, height: height + ABOVE + key.height,
      paper_bgcolor: ink.surface,
      margin: { l: 0, r: 0, t: ABOVE, b: key.height },
      shapes: [...(layout.shapes ?? []), ...shapes],
      annotations: [
        ...(layout.annotations ?? []),
        line(`<b>${plain(title)}</b>`, TITLE, ink.text, 26),
        line(plain(facts), FACTS, ink.muted, 6),
        ...annotations,
      ],
    },
  };
}

/** The same for a picture on a canvas. @returns {HTMLCanvasElement} */
export function captioned(canvas, { width, height }, { title, facts }, key, ink) {
  const dots = canvas.width / width;
  const whole = document.createElement("canvas");
  whole.width = canvas.width;
  whole.height = Math.round((height + ABOVE + key.height) * dots);
  const paper = whole.getContext("2d");
  paper.fillStyle = ink.surface;
  paper.fillRect(0, 0, whole.width, whole.height);
  paper.drawImage(canvas, 0, Math.round(ABOVE * dots));
  paper.scale(dots, dots);
  write(paper, title, 25, `bold ${TITLE}px ${ink.font}`, ink.text);
  write(paper, facts, 45, `${FACTS}px ${ink.font}`, ink.muted);
  drawKey(paper, key, ABOVE + height, ink);
  return whole;
}

function write(paper, text, y, font, color) {
  Object.assign(paper, { font, fillStyle: color });
  paper.fillText(text, EDGE, y);
}

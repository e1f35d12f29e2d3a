/** What a saved picture says of its search: pictures are passed on without the page around them. */

import { valueColor } from "./colors.js";
import { plain } from "./figure.js";
import { oneLine, whole } from "./format.js";
import { t } from "./words.js";

const ABOVE = 58;
const BELOW = 30;
const EDGE = 12;
const LETTER = 7.6;
const SMALL_LETTER = 6.2;
const SCALE = [0, 0.25, 0.5, 0.75, 1];
const DOT = "●";

/** @param {HTMLElement} element whose theme's colours the picture has */
export function inkFor(element) {
  const style = getComputedStyle(element);
  const color = (name) => style.getPropertyValue(`--tw-${name}`).trim();
  return { surface: color("surface"), text: color("text"), muted: color("muted"), font: style.fontFamily };
}

/** The problem; who searched, what came of it and what it cost. Each on one line of a picture so wide. */
export function captionOf({ run, model }, strategy, width) {
  const words = { true: t("grade.rightWord"), false: t("grade.wrongWord") };
  const answer = run.answer && [t("run.answer", { answer: oneLine(run.answer, 60) }), words[run.correct]].filter(Boolean).join(", ");
  const cost = [`${whole(model.size - 1)} ${t("cost.nodes")}`, `${whole(run.usage?.generated_tokens ?? 0)} ${t("cost.tokens")}`];
  return {
    title: oneLine(run.problem, Math.floor((width - 2 * EDGE) / LETTER)),
    facts: oneLine([strategy, answer, ...cost].filter(Boolean).join(" · "), Math.floor((width - 2 * EDGE) / SMALL_LETTER)),
  };
}

/** The figure with room for the caption above it and what its marks mean below it. */
export function withCaption({ data, layout, width, height }, { title, facts }, ink) {
  const scale = SCALE.map((value) => `<span style="color:${valueColor(value)}">${DOT}</span>`).join("");
  const line = (text, size, color, place) => ({
    text, showarrow: false, font: { size, color, family: ink.font }, align: "left",
    xref: "paper", x: 0, xanchor: "left", xshift: EDGE, yref: "paper", ...place,
  });
  return {
    data,
    layout: {
      ...layout,
      width, height: height + ABOVE + BELOW,
      paper_bgcolor: ink.surface,
      margin: { l: 0, r: 0, t: ABOVE, b: BELOW },
      annotations: [
        ...(layout.annotations ?? []),
        line(`<b>${plain(title)}</b>`, 15, ink.text, { y: 1, yanchor: "bottom", yshift: 26 }),
        line(plain(facts), 12, ink.muted, { y: 1, yanchor: "bottom", yshift: 6 }),
        line(`${t("legend.value")} ${scale} 1 · ${t("caption.tree")}`, 11, ink.muted, { y: 0, yanchor: "top", yshift: -4 }),
      ],
    },
  };
}

/** The same for a picture on a canvas. @returns {HTMLCanvasElement} */
export function captioned(canvas, { width, height }, { title, facts }, ink) {
  const dots = canvas.width / width;
  const whole = document.createElement("canvas");
  whole.width = canvas.width;
  whole.height = Math.round((height + ABOVE + BELOW) * dots);
  const paper = whole.getContext("2d");
  paper.fillStyle = ink.surface;
  paper.fillRect(0, 0, whole.width, whole.height);
  paper.drawImage(canvas, 0, Math.round(ABOVE * dots));
  paper.scale(dots, dots);
  write(paper, title, EDGE, 25, `bold 15px ${ink.font}`, ink.text);
  write(paper, facts, EDGE, 45, `12px ${ink.font}`, ink.muted);
  const base = ABOVE + height + 19;
  let x = write(paper, `${t("legend.value")} `, EDGE, base, `11px ${ink.font}`, ink.muted);
  for (const value of SCALE) x = write(paper, DOT, x, base, `11px ${ink.font}`, valueColor(value));
  write(paper, ` 1 · ${t("caption.icicle")}`, x, base, `11px ${ink.font}`, ink.muted);
  return whole;
}

/** @returns {number} where the text ends */
function write(paper, text, x, y, font, color) {
  Object.assign(paper, { font, fillStyle: color });
  paper.fillText(text, x, y);
  return x + paper.measureText(text).width;
}

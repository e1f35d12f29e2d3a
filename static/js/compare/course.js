/**
 * How the two runs went: the value of the answer (before there is one: of the most visited path) against what was
 * generated, with a mark wherever the answer changed: filled = right, hollow = wrong, grey = unknown.
 */

import { api } from "../api.js";
import { h, svg } from "../dom.js";
import { plain } from "../figure.js";
import { decimal, oneLine } from "../format.js";
import { coalesced } from "../schedule.js";
import { t } from "../words.js";
import { Plot } from "./plot.js";

/** The server goes through the whole log for a course: a growing run's is asked for only now and then. */
const REFRESH_MS = 1500;
/** Keeps the letter clear of a mark at the end of its line. */
const CLEAR = "\u2002";
const GRADE = { true: t("grade.rightWord"), false: t("grade.wrongWord"), null: t("grade.unknownWord") };

export class Course {
  /** @param {import("./side.js").Side[]} sides @param {string} plotlyUrl */
  constructor(sides, plotlyUrl) {
    this.sides = sides;
    /** The points of each run's course, as the API gives them. */
    this.courses = sides.map(() => []);
    const label = t("course.label");
    this.plot = new Plot(plotlyUrl, label, (ink) => this.#figure(ink));
    this.element = h("section.tw-box.tw-course", { "aria-label": t("course.title") },
      h("h2", {}, t("course.head")), this.plot.element, legend());
    sides.forEach((side, k) => this.#follow(side.session, k));
  }

  #follow(session, k) {
    let busy = false;
    const refresh = coalesced(async () => {
      if (busy) {
        refresh();
        return;
      }
      busy = true;
      await this.#load(session, k);
      busy = false;
    }, REFRESH_MS);
    for (const notice of ["tree", "run"]) session.on(notice, () => refresh());
    session.on("open", () => this.#put(k, []));
  }

  /** What cannot be had is asked for again at the next event; the side says what is wrong with its run. */
  async #load(session, k) {
    const { run } = session;
    const course = run && (await api.course(run.id).catch(() => null));
    if (course && session.run?.id === run.id) this.#put(k, course.items);
  }

  #put(k, items) {
    this.courses[k] = items;
    this.plot.draw();
  }

  #figure(ink) {
    const colors = [ink["run-a"], ink["run-b"]];
    const data = this.courses.flatMap((items, k) =>
      [...lines(items, colors[k], k), answers(items, colors[k], ink)]);
    const ends = this.courses.map((items, k) => letter(items, this.sides[k].letter, colors[k]));
    return {
      data: [...data, ...ends],
      x: { title: t("course.tokens"), rangemode: "tozero", tickformat: "~s" },
      y: { title: t("fact.value"), range: [-0.03, 1.05], dtick: 0.25 },
    };
  }
}

/** Thin until there is an answer. */
function lines(items, color, k) {
  const first = items.findIndex((point) => point.answer !== null);
  const before = first < 0 ? items : items.slice(0, first + 1);
  return [[before, 1], [first < 0 ? [] : items.slice(first), 2.5]].map(([points, width]) => ({
    type: "scatter", mode: "lines", hoverinfo: "skip",
    x: points.map((point) => point.generated_tokens), y: points.map((point) => point.value),
    line: { color, width, shape: "hv", dash: k ? "5px,3px" : "solid" },
  }));
}

/** A mark wherever the answer is another one than before. */
function answers(items, color, ink) {
  const marked = items.filter((point, k) => point.answer !== null && point.answer !== (items[k - 1]?.answer ?? null));
  const fills = { true: color, false: ink.surface, null: ink.muted };
  return {
    type: "scatter", mode: "markers", cliponaxis: false, hoverinfo: "text",
    x: marked.map((point) => point.generated_tokens), y: marked.map((point) => point.value),
    text: marked.map(({ answer, correct, value, generated_tokens: tokens }) =>
      `${plain(oneLine(answer, 48))}<br>${GRADE[correct]} · ${t("step.value", { value: decimal(value) })} · ${t("models.window", { count: tokens })}`),
    marker: { size: 11, color: marked.map((point) => fills[point.correct]), line: { color, width: 2 } },
  };
}

/** Names the line where it ends. */
function letter(items, name, color) {
  const last = items.at(-1);
  return {
    type: "scatter", mode: "text", cliponaxis: false, hoverinfo: "skip",
    x: last ? [last.generated_tokens] : [], y: last ? [last.value] : [],
    text: [`${CLEAR}<b>${name}</b>`], textposition: "middle right", textfont: { size: 13, color },
  };
}

function legend() {
  const entry = (kind, text) => h("span.tw-legend-entry", {},
    svg("svg", { class: `tw-mark tw-answer-mark tw-answer-${kind}`, viewBox: "0 0 16 16", "aria-hidden": "true" },
      svg("circle", { cx: 8, cy: 8, r: 5.5 })), text);
  return h("div.tw-legend.tw-own-legend", { "aria-label": t("legend.title") }, t("course.newAnswer"),
    entry("right", t("grade.rightWord")), entry("wrong", t("grade.wrongWord")), entry("unknown", t("models.notKnown")),
    h("span.tw-legend-entry", {}, h("i.tw-line.tw-line-before"), t("course.before")));
}

/**
 * The bar under the panes that goes through the run's time: play, speed, a slider from event to event with marks for
 * answers, corrections and labels on its track, and what the event did that is shown.
 */

import { fill, h, keyed, setText } from "../dom.js";
import { duration, whole } from "../format.js";
import { coalesced } from "../schedule.js";
import { t } from "../words.js";
import { MarkLegend } from "./legend.js";
import { presentName } from "./present.js";
import { momentMark, titleOf, told } from "./words.js";
import { SPEEDS } from "./player.js";

/** Marks closer than this part of the track, of the same look, are one. */
const PLACES = 240;
/** Of a longer log only the marks are fetched, until somebody turns to the bar. */
const FETCHED_AT_ONCE = 4000;

export class TimeBar {
  /** @param {import("../session.js").Session} session @param {import("./player.js").Player} player */
  constructor(session, player) {
    this.session = session;
    this.player = player;
    this.#build();
    this.show = coalesced(() => this.#show(), 60);
    this.showMarks = coalesced(() => this.#showMarks(), 500);
    for (const notice of ["run", "tree", "open"]) session.on(notice, () => this.show());
    session.on("time", () => this.show(true));
    for (const notice of ["event", "time", "open"]) session.on(notice, () => this.showMarks());
    session.on("connection", (state) => {
      if (!["live", "ended"].includes(state)) return;
      if (player.end <= FETCHED_AT_ONCE) this.#load();
      else player.loadMarks().catch(() => null);
    });
    this.#show();
  }

  #build() {
    const { player } = this;
    this.play = h("button.tw-icon-button.tw-play", { type: "button", onclick: () => player.toggle() });
    this.speed = h("select.tw-select.tw-speed", {
      "aria-label": t("player.speed"), title: t("player.speedTitle"), onchange: () => { player.speed = Number(this.speed.value); },
    }, SPEEDS.map((speed) => h("option", { value: speed, selected: speed === player.speed }, `${speed < 1 ? "¼" : speed}×`)));
    this.slider = h("input.tw-slider", {
      type: "range", min: 1, max: 1, step: 1, "aria-label": t("player.moment"),
      oninput: () => player.goTo(this.slider.valueAsNumber), onkeydown: (event) => this.#key(event),
      onfocus: () => this.#load(), onpointerenter: () => this.#load(),
    });
    this.marks = h("div.tw-time-marks", { onclick: (event) => this.#jump(event) });
    this.legend = new MarkLegend(this.marks);
    this.when = h("b.tw-time-when");
    this.what = h("span.tw-time-what");
    this.live = h("button.tw-button.tw-live", { type: "button", title: t("player.liveTitle"), onclick: () => player.leave() }, t("player.live"));
    this.element = h("section.tw-time", { "aria-label": t("player.label") },
      this.play, this.speed, h("div.tw-track", {}, this.marks, this.slider), this.legend.button, this.legend.list,
      h("div.tw-time-text", {}, this.when, this.what), this.live);
  }

  /** The marks need the whole log; without them the bar works, and says why when it is used. */
  #load() {
    if (this.session.record) this.player.load().catch(() => null);
  }

  #show() {
    const { session, player } = this;
    const { at, end, history, playing } = player;
    const past = session.past !== null;
    this.element.classList.toggle("tw-past", past);
    this.element.parentElement?.classList.toggle("tw-in-past", past);
    this.slider.max = String(Math.max(1, end));
    if (this.slider.valueAsNumber !== at) this.slider.value = String(at);
    this.slider.style.setProperty("--part", end > 1 ? (at - 1) / (end - 1) : 1);
    const event = history.events[at - 1];
    const seconds = history.seconds[at - 1];
    const time = seconds === undefined ? "" : `${duration(seconds)} · `;
    setText(this.when, end ? time + t("player.at", { at: whole(at), end: whole(end) }) : "");
    const what = player.waiting ? t("player.loading") : past && event ? told(event) : "";
    setText(this.what, what);
    this.what.title = this.what.textContent;
    this.slider.setAttribute("aria-valuetext", [this.when.textContent, this.what.textContent].filter(Boolean).join(": "));
    setText(this.play, playing ? "❚❚" : "▶");
    const title = playing ? t("player.stop") : past ? t("player.goOn") : t("player.replay");
    this.play.title = title;
    this.play.setAttribute("aria-label", title);
    this.play.disabled = end < 2;
    this.live.disabled = !past;
    setText(this.live, presentName(session.record));
  }

  #showMarks() {
    const { marks, end } = this.player;
    const places = new Map();
    const counts = new Map();
    for (const mark of marks) {
      const look = this.#look(mark);
      counts.set(look, (counts.get(look) ?? 0) + 1);
      const part = end > 1 ? (mark.seq - 1) / (end - 1) : 1;
      places.set(`${look}${Math.round(part * PLACES)}`, { ...mark, look, part });
    }
    this.legend.show(counts);
    keyed(this.marks, places, {
      key: ([place]) => place,
      make: ([, mark]) => h("i.tw-time-mark", { "data-kind": mark.kind }, momentMark(mark.kind, mark.look)),
      update: (element, [, mark]) => {
        element.dataset.seq = mark.seq;
        element.style.setProperty("--part", mark.part);
        element.title = titleOf(mark, mark.look);
      },
    });
  }

  /** What tells marks of a kind apart: the grade of an answer, the rating of a label. */
  #look(mark) {
    if (mark.kind === "answer") return `answer ${this.player.gradeOf(mark.answer)}`;
    return mark.kind === "label" ? `label ${mark.rating}` : mark.kind;
  }

  #jump(event) {
    const mark = event.target.closest("[data-seq]");
    if (mark) this.player.goTo(Number(mark.dataset.seq));
  }

  /** Arrows, Home and End are the slider's own. Page keys go from mark to mark. */
  #key(event) {
    const { player } = this;
    const seqs = player.marks.map((mark) => mark.seq);
    const keys = {
      p: () => player.toggle(),
      " ": () => player.toggle(),
      l: () => player.leave(),
      PageUp: () => player.goTo(seqs.find((seq) => seq > player.at) ?? player.end),
      PageDown: () => player.goTo(seqs.findLast((seq) => seq < player.at) ?? 1),
    };
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  }
}

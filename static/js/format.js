/** Turns numbers, times and texts into the short forms shown on the page. Pure functions. */

import { LANGUAGE } from "./language.js";
import { said, t } from "./words.js";

/** 12345 → "12,345" */
export function whole(value) {
  return value === null || value === undefined ? "–" : Math.round(value).toLocaleString(LANGUAGE);
}

/** 950 → "950", 12345 → "12.3k" */
export function short(value) {
  if (value === null || value === undefined) return "–";
  if (Math.abs(value) < 1000) return String(Math.round(value));
  const thousands = value / 1000;
  return thousands < 100 ? `${thousands.toFixed(1)}k` : `${Math.round(thousands)}k`;
}

/** 0.5 → "0.50"; what is not known → "–" */
export function decimal(value, digits = 2) {
  return typeof value === "number" ? value.toFixed(digits) : "–";
}

/** 7.25 → "7.3 s", 75 → "1 min 15 s" */
export function duration(seconds) {
  if (typeof seconds !== "number") return "–";
  if (seconds < 60) return t("time.seconds", { seconds: seconds < 10 ? seconds.toFixed(1) : Math.round(seconds) });
  const minutes = Math.floor(seconds / 60);
  const rest = Math.floor(seconds % 60);
  if (minutes >= 60) return t("time.hoursMinutes", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
  return rest ? t("time.minutesSeconds", { minutes, seconds: rest }) : t("time.minutes", { minutes });
}

/** How long ago an ISO time was: "just now", "5 min ago", "3 h ago", "2 d ago". */
export function ago(iso, now = Date.now()) {
  const seconds = (now - Date.parse(iso)) / 1000;
  if (!(seconds >= 60)) return t("ago.now");
  if (seconds < 3600) return t("ago.minutes", { minutes: Math.floor(seconds / 60) });
  if (seconds < 86400) return t("ago.hours", { hours: Math.floor(seconds / 3600) });
  return t("ago.days", { days: Math.floor(seconds / 86400) });
}

/** Below this a step or an answer is more likely wrong than right: values are what verifiers give for being right. */
export const SURE = 0.5;

/**
 * Whether nobody has said that a run's answer is right or wrong, and the verifiers rather doubt it, or the generator is
 * likely to get such a problem wrong.
 */
export function doubtful({ answer, correct, answer_value: value, caution }) {
  return typeof answer === "string" && correct === null && (Boolean(caution) || (typeof value === "number" && value < SURE));
}

/**
 * A run in a list: "MCTS · right · 5 min ago", with the answer where runs are to be told apart. An answer that nobody
 * has graded is said to be that, or doubtful.
 */
export function aboutRun(run, strategy, withAnswer = false) {
  const open = typeof run.answer === "string" && run.correct === null;
  const unknown = doubtful(run) ? t("grade.doubtful") : open ? t("grade.none") : "";
  const graded = run.correct === true ? t("grade.rightWord") : run.correct === false ? t("grade.wrongWord") : unknown;
  const begun = run.from ? t("runs.begun", { node: run.from.node }) : "";
  const answer = withAnswer && run.answer ? t("run.answer", { answer: oneLine(run.answer, 40) }) : "";
  return [strategy, answer, graded, begun, ago(run.created_at)].filter(Boolean).join(" · ");
}

/** All on one line, cut to a length. */
export function oneLine(text, length = 140) {
  const line = String(text ?? "").slice(0, length * 2).replace(/\s+/g, " ").trim();
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}

/** "self_refine" → "self refine": the names of actions, reasons and models as words, of the reader's language where it has them. */
export function words(name) {
  return said(String(name ?? "").replace(/_/g, " "));
}

/** The value of a setting: "best_of_n" stays that, where the reader's language has no word for it. */
export function settingText(value) {
  if (typeof value === "boolean") return t(value ? "setting.yes" : "setting.no");
  return said(String(value).replace(/_/g, " "), String(value));
}

/** Whether a person wrote the step. The problem is no step. */
export function byPerson(node) {
  return node.origin === "person" && node.parent !== null;
}

export const RATINGS = [
  { rating: -1, key: "1", name: t("rating.bad"), means: t("rating.means", { value: 0 }), sign: "✕", shape: "x" },
  { rating: 0, key: "2", name: t("rating.neutral"), means: t("rating.means", { value: 0.5 }), sign: "■", shape: "square" },
  { rating: 1, key: "3", name: t("rating.good"), means: t("rating.means", { value: 1 }), sign: "▲", shape: "triangle-up" },
];

/** The rating as {name, sign, shape}, or null for a step nobody has judged. */
export function ratingOf(label) {
  return RATINGS.find((one) => one.rating === label) ?? null;
}

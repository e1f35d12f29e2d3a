/** Turns numbers, times and texts into the short forms shown on the page. Pure functions. */

/** 12345 → "12,345" */
export function whole(value) {
  return value === null || value === undefined ? "–" : Math.round(value).toLocaleString("en");
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
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  const rest = Math.floor(seconds % 60);
  return minutes < 60
    ? `${minutes} min${rest ? ` ${rest} s` : ""}`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** How long ago an ISO time was: "just now", "5 min", "3 h", "2 d". */
export function ago(iso, now = Date.now()) {
  const seconds = (now - Date.parse(iso)) / 1000;
  if (!(seconds >= 60)) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400)} d`;
}

/** A run in a list: "MCTS · right · 5 min". */
export function aboutRun(run, strategy) {
  const graded = run.correct === true ? "right" : run.correct === false ? "wrong" : "";
  return [strategy, graded, ago(run.created_at)].filter(Boolean).join(" · ");
}

/** All on one line, cut to a length. */
export function oneLine(text, length = 140) {
  const line = String(text ?? "").slice(0, length * 2).replace(/\s+/g, " ").trim();
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}

/** "self_refine" → "self refine": the names of actions, reasons and models as words. */
export function words(name) {
  return String(name ?? "").replace(/_/g, " ");
}

/** Whether a person wrote the step. The problem is no step. */
export function byPerson(node) {
  return node.origin === "person" && node.parent !== null;
}

export const RATINGS = [
  { rating: -1, key: "1", name: "Bad", sign: "✕", shape: "x" },
  { rating: 0, key: "2", name: "Neutral", sign: "■", shape: "square" },
  { rating: 1, key: "3", name: "Good", sign: "▲", shape: "triangle-up" },
];

/** The rating as {name, sign, shape}, or null for a step nobody has judged. */
export function ratingOf(label) {
  return RATINGS.find((one) => one.rating === label) ?? null;
}

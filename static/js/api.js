/** The HTTP API (docs/api.md) as functions. Every failure is an ApiError that can be shown to people. */

import { fromColumns } from "./columns.js";
import { said, t } from "./words.js";

export class ApiError extends Error {
  /** @param {number} status 0: no answer at all */
  constructor(status, code, message, hint) {
    super(sentence(said(message)));
    this.status = status;
    this.code = code;
    this.hint = sentence(said(hint ?? ""));
  }

  /** What went wrong and what to do, in one text. */
  get whole() {
    return [this.message, this.hint].filter(Boolean).map((text) => (/[.!?。]$/.test(text) ? text : t("form.sentence", { text }))).join(" ");
  }

  /** Whether the thing asked for is not there, or not for this reader: trying again will not help. */
  get final() {
    return [401, 403, 404, 410].includes(this.status);
  }
}

/** A saved page (app/page/saved.py) holds the answers to all that it asks, by path; null: there is a server to ask. */
export const SAVED = JSON.parse(document.getElementById("tw-saved")?.textContent ?? "null");

/** Whether this page shows a shared tree: the API then treats even the owner as any reader of the link. */
export const SHARED = SAVED !== null || new URLSearchParams(location.search).get("view") === "shared";

const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);

async function call(method, path, body) {
  if (SAVED) return savedAnswer(method, path);
  const response = await ask(method, path, body);
  return response.status === 204 ? null : response.json();
}

function savedAnswer(method, path) {
  if (method === "GET" && path in SAVED) return structuredClone(SAVED[path]);
  throw new ApiError(404, "saved_page", t("api.saved"), "");
}

/** The token of the share link that led here (backend/api/routes/shares.py). */
const TOKEN = /^#([\w-]{20,})$/.exec(location.hash)?.[1];
let admitted = !SHARED || SAVED !== null || !TOKEN;

/** A copied address was not opened as a link: the cookie that lets its reader in is missing. */
async function admit() {
  admitted = true;
  const embedded = new URLSearchParams(location.search).get("embed") === "1" ? "?embed=1" : "";
  await fetch(`/t/${TOKEN}${embedded}`, { credentials: "same-origin", redirect: "manual" }).catch(() => null);
}

/** @returns {Promise<Response>} a good one */
async function ask(method, path, body) {
  const request = { method, credentials: "same-origin", headers: { accept: "application/json" } };
  if (SHARED) request.headers["x-treewright-view"] = "shared";
  if (body !== undefined) {
    request.headers["content-type"] = "application/json";
    request.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(path, request);
  } catch {
    throw new ApiError(0, "unreachable", t("api.unreachable"), t("api.running"));
  }
  if (response.ok) return response;
  if (response.status === 404 && !admitted) {
    await admit();
    return ask(method, path, body);
  }
  const { error = {} } = (await response.json().catch(() => null)) ?? {};
  const message = error.message ?? t("api.status", { status: response.status });
  throw new ApiError(response.status, error.code ?? "unknown", message, error.hint);
}

const at = (...parts) => `/api/${parts.map(encodeURIComponent).join("/")}`;

const watching = (run, how, after) => `${at("runs", run, how)}?after=${after}${SHARED ? "&view=shared" : ""}`;

export const api = {
  strategies: () => call("GET", at("strategies")),
  examples: () => call("GET", at("examples")),
  /** @param {Object<string, string|number>} wanted limit, filters and cursor */
  runs: (wanted) => call("GET", `${at("runs")}?${new URLSearchParams(wanted)}`),
  remove: (run) => call("DELETE", at("runs", run)),
  restore: (run) => call("POST", at("runs", run, "restore")),
  tags: () => call("GET", at("tags")),
  /** @param {{add?: string[], remove?: string[]}} change */
  tag: (run, change) => call("POST", at("runs", run, "tags"), change),
  start: (request) => call("POST", at("runs"), request),
  startBatch: (request) => call("POST", at("batches"), request),
  run: (run) => call("GET", at("runs", run)),
  /** A run as a file. @param {number|null} node where the path ends, for formats that write one */
  exported: async (run, format, node) => {
    const wanted = new URLSearchParams({ format, ...(node !== null && { node }) });
    const response = await ask("GET", `${at("runs", run, "export")}?${wanted}`);
    const name = /filename="([^"]+)"/.exec(response.headers.get("content-disposition"))?.[1] ?? `${run}.${format}`;
    return { blob: await response.blob(), name };
  },
  /** Of each format of data whether the run has none: {items: [{format, empty}]}. */
  exports: (run) => call("GET", at("runs", run, "exports")),
  course: (run) => call("GET", at("runs", run, "course")),
  /** @param {number} seq the event up to which */
  choice: (run, node, seq) => call("GET", `${at("runs", run, "nodes", node, "choice")}?at=${seq}`),
  /** @param {number|null} seq the event up to which; null: now */
  votes: (run, seq) => call("GET", `${at("runs", run, "votes")}${seq === null ? "" : `?at=${seq}`}`),
  answers: (run) => call("GET", at("runs", run, "answers")),
  marks: (run) => call("GET", at("runs", run, "marks")),
  /** @param {string[]} strategies */
  compare: (strategies) => call("GET", `${at("compare")}?${new URLSearchParams({ strategies })}`),
  /** Long texts are cut short: `texts` has the rest of them. */
  tree: async (run) => fromColumns(await call("GET", at("runs", run, "tree", "columns"))),
  texts: async (run) => (await call("GET", at("runs", run, "tree", "texts"))).items,
  /**
   * @param {"pause"|"resume"|"stop"} action
   * @param {Object<string, number>} [budget] limits for a search that is resumed, in place of its own
   */
  steer: (run, action, budget) => call("POST", at("runs", run, action), budget && { budget }),
  models: () => call("GET", at("models")),
  modelStatus: () => call("GET", at("models", "status")),
  tryModels: () => call("POST", at("models", "trial")),
  label: (run, node, label) => call("POST", at("runs", run, "nodes", node, "labels"), label),
  labels: (run) => call("GET", at("runs", run, "labels")),
  grades: (run) => call("GET", at("runs", run, "grades")),
  /** Of every answer in the tree whether it is right: {items: {answer: true, false or null}}. */
  gradedAnswers: (run) => call("GET", at("runs", run, "grades", "answers")),
  /** @param {boolean|null} correct null takes back what was said */
  grade: (run, answer, correct) => call("POST", at("runs", run, "grades"), { answer, correct }),
  summaries: (run) => call("GET", at("runs", run, "summaries")),
  /** @param {{node: number, generator: string, id: string}} request */
  summarize: (run, request) => call("POST", at("runs", run, "summaries"), request),
  prune: (run, node, pruned) => call("POST", at("runs", run, "nodes", node, "prune"), { pruned }),
  flag: (run, node, flagged) => call("POST", at("runs", run, "nodes", node, "flag"), { flagged }),
  /** @param {{id: string, n?: number, action?: string, text?: string}} request */
  add: (run, node, request) => call("POST", at("runs", run, "nodes", node, "children"), request),
  /** @param {number} expiresIn seconds */
  share: (run, expiresIn) => call("POST", at("runs", run, "shares"), { role: "view", expires_in: expiresIn }),
  shares: (run) => call("GET", at("runs", run, "shares")),
  revoke: (share) => call("DELETE", at("shares", share)),
  /** Of a saved page. */
  savedEvents: (run) => SAVED[at("runs", run, "events")].items,
  /** An EventSource cannot send headers. */
  eventsUrl: (run, after) => watching(run, "events", after),
  /** The same events; a WebSocket wants a whole address. */
  socketUrl: (run, after) => new URL(watching(run, "socket", after), location.href).href.replace(/^http/, "ws"),
};

/** A random UUID; `crypto.randomUUID` exists only on https and localhost. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** The dialog that searches a file of problems: one run each, all found again by one tag. */

import { api } from "./api.js";
import { openDialog } from "./dialogs.js";
import { fill, h, setText } from "./dom.js";
import { pieces, t } from "./words.js";

/** What the server takes in one request, less the room that quoting the text needs. */
const LARGEST = 700_000;
const LONGEST_NAME = 40;

/**
 * @param {Object} search how to search, as fields of POST /api/batches
 * @param {string} about the same for people
 * @param {(tag: string) => void} started
 */
export function searchFile(search, about, started) {
  new BatchDialog(search, about, started);
}

/** How the problems of a file are written down, as the API calls it: some people keep JSON lines in a .txt. */
function formatOf(name, problems) {
  if (/\.csv$/i.test(name)) return "csv";
  return /\.txt$/i.test(name) && !/^\s*\{/.test(problems) ? "text" : "jsonl";
}

class BatchDialog {
  constructor(search, about, started) {
    this.search = search;
    this.started = started;
    this.proposed = "";
    // A browser's own button for files speaks the browser's language, and looks like no other here.
    this.file = h("input.tw-file", { type: "file", hidden: true, accept: ".jsonl,.json,.ndjson,.csv,.txt", onchange: () => this.#picked() });
    this.chosen = h("span.tw-dim.tw-file-name", { id: "tw-file-name" }, t("batch.noFile"));
    this.choose = h("button.tw-button", { type: "button", "aria-describedby": "tw-file-name", onclick: () => this.file.click() }, t("batch.choose"));
    this.name = h("input.tw-tag-input", { maxlength: LONGEST_NAME, "aria-label": t("batch.name"), placeholder: t("batch.name") });
    this.start = h("button.tw-button.tw-primary", { type: "submit", disabled: true }, t("batch.start"));
    this.trouble = h("p.tw-trouble", { role: "alert", hidden: true });
    this.found = h("div", { "aria-live": "polite" });
    this.dialog = openDialog(t("batch.title"),
      h("p", {}, pieces("batch.about", { settings: h("b", {}, about) })),
      h("p.tw-dim", {}, pieces("batch.format", { problem: h("code", {}, "problem"), answer: h("code", {}, "answer") })),
      h("form.tw-batch", { onsubmit: (event) => this.#start(event) },
        h("div.tw-file-row", { role: "group", "aria-label": t("batch.file") }, this.choose, this.chosen, this.file), h("div.tw-share-row", {}, this.name, this.start)),
      this.trouble, this.found);
  }

  #picked() {
    const [file] = this.file.files;
    this.start.disabled = !file;
    setText(this.chosen, file?.name ?? t("batch.noFile"));
    // After the file, until somebody names it otherwise.
    if (!file || this.name.value !== this.proposed) return;
    this.proposed = file.name.replace(/\.[^.]*$/, "").slice(0, LONGEST_NAME);
    this.name.value = this.proposed;
  }

  async #start(event) {
    event.preventDefault();
    const [file] = this.file.files;
    if (!file || this.start.disabled) return;
    if (file.size > LARGEST) {
      this.#say(t("batch.tooLarge", { size: LARGEST / 1000 }));
      return;
    }
    this.start.disabled = true;
    setText(this.start, t("batch.starting"));
    this.#say("");
    try {
      const problems = await file.text();
      const batch = await api.startBatch({ ...this.search, name: this.name.value, problems, format: formatOf(file.name, problems) });
      this.started(batch.tag);
      this.#show(batch);
    } catch (error) {
      this.#say(error.whole ?? error.message);
      this.start.disabled = false;
    }
    setText(this.start, t("batch.start"));
  }

  #say(text) {
    setText(this.trouble, text);
    this.trouble.hidden = !text;
  }

  #show({ tag, runs, faults }) {
    if (!faults.length) {
      this.dialog.close();
      return;
    }
    fill(this.found,
      h("p", {}, h("b", {}, t("batch.started", { count: runs.length, tag })), t("batch.faults")),
      h("ul.tw-faults", {}, faults.map(({ line, message }) => h("li", {}, h("b", {}, t("batch.line", { line })), message))));
  }
}

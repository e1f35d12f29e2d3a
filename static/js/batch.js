/** The dialog that searches a file of problems: one run each, all found again by one tag. */

import { api } from "./api.js";
import { openDialog } from "./dialogs.js";
import { fill, h, setText } from "./dom.js";

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

class BatchDialog {
  constructor(search, about, started) {
    this.search = search;
    this.started = started;
    this.file = h("input.tw-file", { type: "file", accept: ".jsonl,.json,.ndjson,.csv,.txt", "aria-label": "File of problems", onchange: () => this.#picked() });
    this.name = h("input.tw-tag-input", { maxlength: LONGEST_NAME, "aria-label": "Name of the batch", placeholder: "Name of the batch" });
    this.start = h("button.tw-button.tw-primary", { type: "submit", disabled: true }, "Search them all");
    this.trouble = h("p.tw-trouble", { role: "alert", hidden: true });
    this.found = h("div", { "aria-live": "polite" });
    this.dialog = openDialog("Search a file of problems",
      h("p", {}, "One search for each problem, with the settings of the form: ", h("b", {}, about), "."),
      h("p.tw-dim", {}, "JSON lines or CSV with the fields ", h("code", {}, "problem"), " and, to grade by, ", h("code", {}, "answer"),
        "; files of GSM8K and MATH work as they are. At most 500 problems."),
      h("form.tw-batch", { onsubmit: (event) => this.#start(event) }, this.file, h("div.tw-share-row", {}, this.name, this.start)),
      this.trouble, this.found);
  }

  #picked() {
    const [file] = this.file.files;
    this.start.disabled = !file;
    if (file && !this.name.value) this.name.value = file.name.replace(/\.[^.]*$/, "").slice(0, LONGEST_NAME);
  }

  async #start(event) {
    event.preventDefault();
    const [file] = this.file.files;
    if (!file || this.start.disabled) return;
    if (file.size > LARGEST) {
      this.#say(`The file is too large: at most ${LARGEST / 1000} kB are taken at once. Split it.`);
      return;
    }
    this.start.disabled = true;
    setText(this.start, "Starting…");
    this.#say("");
    try {
      const format = /\.csv$/i.test(file.name) ? "csv" : "jsonl";
      const batch = await api.startBatch({ ...this.search, name: this.name.value, problems: await file.text(), format });
      this.started(batch.tag);
      this.#show(batch);
    } catch (error) {
      this.#say([error.message, error.hint].filter(Boolean).join(" "));
      this.start.disabled = false;
    }
    setText(this.start, "Search them all");
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
      h("p", {}, h("b", {}, `${runs.length} searches were started, with the tag ${tag}.`), " The file has faults:"),
      h("ul.tw-faults", {}, faults.map(({ line, message }) => h("li", {}, h("b", {}, `Line ${line}: `), message))));
  }
}

/** The models of a search, who writes and who judges, and what they are. */

import { h } from "./dom.js";
import { showModels } from "./models-panel.js";
import { t } from "./words.js";

export class ModelChoice {
  /**
   * @param {{generators: {name: string, knows: {name: string, example: string}[]}[], verifiers: {name: string}[]}} models
   *   as GET /api/models lists them
   * @param {{name: string, title: string}[]} strategies
   * @param {() => void} changed another generator was chosen
   */
  constructor({ generators, verifiers }, strategies, changed) {
    this.listed = generators;
    this.generators = generators.map((one) => one.name);
    const judges = verifiers.map((one) => one.name);
    // The server takes the first of each where a search names none.
    this.writer = selectOf(this.generators, changed);
    this.judges = boxesOf(judges, judges.slice(0, 1));
    this.element = h("details.tw-settings", {}, h("summary", {}, t("models.title")), h("div", {},
      this.generators.length > 1 && h("label.tw-setting", {}, h("span", {}, t("models.generator")), this.writer),
      h("div.tw-setting", { role: "group", "aria-label": t("models.verifiers") }, h("span", {}, t("models.verifiers")), this.judges.element),
      h("button.tw-link.tw-about-models", { type: "button", onclick: () => showModels(verifiers, strategies) }, t("models.about"))));
  }

  /**
   * Chooses the models of a run.
   * @returns {string[]} those that are not here any more
   */
  choose({ generator, verifiers }) {
    const { writer, judges } = this;
    writer.selectedIndex = Math.max(0, this.generators.indexOf(generator));
    const known = verifiers.filter((name) => judges.names.includes(name));
    if (known.length) judges.check(known);
    return [generator, ...verifiers].filter((name) => !this.generators.includes(name) && !judges.names.includes(name));
  }

  /** The chosen generator, as the API lists it. */
  get generator() {
    return this.listed[this.writer.selectedIndex] ?? null;
  }

  /** As fields of a run. */
  get chosen() {
    return { generator: this.writer.value, verifiers: this.judges.read() ?? this.judges.initial };
  }

  /** What differs from the server's own choice, as fields of a new run. */
  read() {
    const { writer } = this;
    const changed = {};
    if (writer.selectedIndex > 0) changed.generator = writer.value;
    const judges = this.judges.read();
    if (judges) changed.verifiers = judges;
    return changed;
  }
}

/** A check box for each name; `read` gives the checked ones, undefined while they are the `initial` ones. */
export function boxesOf(names, initial, checked = initial) {
  const boxes = names.map((name) => h("input", { type: "checkbox", value: name, checked: checked.includes(name) }));
  const element = h("div.tw-boxes", {}, boxes.map((box) => h("label", {}, box, h("span", {}, box.value))));
  const read = () => {
    const chosen = boxes.filter((box) => box.checked).map((box) => box.value);
    return String(chosen) === String(initial) ? undefined : chosen;
  };
  const check = (chosen) => boxes.forEach((box) => {
    box.checked = chosen.includes(box.value);
  });
  return { element, read, check, names, initial };
}

function selectOf(names, onchange) {
  return h("select", { onchange }, names.map((name) => h("option", { value: name }, name)));
}

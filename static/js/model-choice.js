/** The models of a search, who writes and who judges, and what they are. */

import { h } from "./dom.js";
import { showModels } from "./models-panel.js";

export class ModelChoice {
  /**
   * @param {{generators: {name: string}[], verifiers: {name: string}[]}} models as GET /api/models lists them
   * @param {{name: string, title: string}[]} strategies
   */
  constructor({ generators, verifiers }, strategies) {
    this.generators = generators.map((one) => one.name);
    const judges = verifiers.map((one) => one.name);
    // The server takes the first of each where a search names none.
    this.writer = selectOf(this.generators);
    this.judges = boxesOf(judges, judges.slice(0, 1));
    this.element = h("details.tw-settings", {}, h("summary", {}, "Models"), h("div", {},
      this.generators.length > 1 && h("label.tw-setting", {}, h("span", {}, "Generator"), this.writer),
      h("div.tw-setting", { role: "group", "aria-label": "Verifiers" }, h("span", {}, "Verifiers"), this.judges.element),
      h("button.tw-link.tw-about-models", { type: "button", onclick: () => showModels(verifiers, strategies) }, "About these models")));
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
export function boxesOf(names, initial) {
  const boxes = names.map((name) => h("input", { type: "checkbox", value: name, checked: initial.includes(name) }));
  const element = h("div.tw-boxes", {}, boxes.map((box) => h("label", {}, box, h("span", {}, box.value))));
  const read = () => {
    const chosen = boxes.filter((box) => box.checked).map((box) => box.value);
    return String(chosen) === String(initial) ? undefined : chosen;
  };
  return { element, read };
}

function selectOf(names) {
  return h("select", {}, names.map((name) => h("option", { value: name }, name)));
}

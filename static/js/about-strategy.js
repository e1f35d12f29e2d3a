/** What a strategy does, where it comes from, what it needs and what can be set: a dialog. */

import { openDialog } from "./dialogs.js";
import { h } from "./dom.js";
import { words } from "./format.js";
import { schematicOf } from "./schematics.js";

/** @param {any} strategy as GET /api/strategies lists it */
export function aboutStrategy(strategy) {
  const { title, summary, source, needs_actions: needs, settings } = strategy;
  const schematic = schematicOf(strategy.name);
  const facts = [
    ["Comes from", source],
    ["Needs", needs.length ? `a generator that knows: ${needs.map(words).join(", ")}` : "any generator and any verifier"],
  ];
  const set = Object.entries(settings?.properties ?? {}).map(([name, schema]) =>
    [schema.title ?? words(name), written(schema.default ?? null), schema.description]);
  openDialog(title,
    h("div.tw-about", {},
      h("p", {}, summary),
      schematic && h("figure", {}, schematic.picture, h("figcaption.tw-dim", {}, schematic.says)),
      h("dl", {}, facts.map(([name, said]) => h("div", {}, h("dt", {}, name), h("dd", {}, said)))),
      set.length > 0 && h("h3", {}, "Settings, and what they are at first"),
      h("dl", {}, set.map(([name, value, about]) =>
        h("div", {}, h("dt", {}, name), h("dd", {}, h("b", {}, value), about && ` ${about}`))))));
}

function written(value) {
  if (value === null || value.length === 0) return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return Array.isArray(value) ? value.join(", ") : words(value);
}

/** What a strategy does, where it comes from, what it needs and what can be set: a dialog. */

import { openDialog } from "./dialogs.js";
import { h } from "./dom.js";
import { words } from "./format.js";
import { schematicOf } from "./schematics.js";
import { said, t } from "./words.js";

/** @param {any} strategy as GET /api/strategies lists it */
export function aboutStrategy(strategy) {
  const { title, summary, source, needs_actions: needs, settings } = strategy;
  const schematic = schematicOf(strategy.name);
  const facts = [
    [t("aboutStrategy.source"), source],
    [t("aboutStrategy.needs"), needs.length ? t("aboutStrategy.knows", { actions: needs.map(words).join(", ") }) : t("aboutStrategy.any")],
  ];
  const set = Object.entries(settings?.properties ?? {}).map(([name, schema]) =>
    [said(schema.title ?? words(name)), written(schema.default ?? null), said(schema.description ?? "")]);
  openDialog(said(title),
    h("div.tw-about", {},
      h("p", {}, said(summary)),
      schematic && h("figure", {}, schematic.picture, h("figcaption.tw-dim", {}, schematic.says)),
      h("dl", {}, facts.map(([name, text]) => h("div", {}, h("dt", {}, name), h("dd", {}, text)))),
      set.length > 0 && h("h3", {}, t("aboutStrategy.settings")),
      h("dl", {}, set.map(([name, value, about]) =>
        h("div", {}, h("dt", {}, name), h("dd", {}, h("b", {}, value), about && h("span.tw-dim", {}, about)))))));
}

function written(value) {
  if (value === null || value.length === 0) return t("form.none");
  if (typeof value === "boolean") return value ? t("models.yes") : t("models.no");
  return Array.isArray(value) ? value.join(", ") : words(value);
}

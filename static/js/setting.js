/** One setting of a strategy in the search form, made from its property of the JSON schema. */

import { h } from "./dom.js";
import { settingText, words } from "./format.js";
import { boxesOf } from "./model-choice.js";
import { said, t } from "./words.js";

/** An input for one property of a JSON schema; null for kinds it has none for, and where there is nothing to choose. */
export function newSetting(name, schema, { definitions, generators, copied }) {
  const resolved = (one) => (one.$ref ? definitions[one.$ref.split("/").at(-1)] : one);
  const kind = resolved(schema.anyOf?.find((one) => one.type !== "null") ?? schema);
  const initial = schema.default ?? null;
  const value = copied === undefined ? initial : copied;
  const input = kind?.type === "array" ? generators.length > 1 && boxesOf(generators, initial ?? [], value ?? []) : newInput(kind ?? {}, initial, value);
  if (!input) return null;
  const title = said(schema.title ?? kind?.title ?? words(name));
  const field = h("label.tw-setting", { title: schema.description ? said(schema.description) : null },
    h("span", {}, title), input.element);
  return { field, read: input.read, initial };
}

function newInput(kind, initial, value) {
  const options = kind.enum;
  if (options) {
    const element = h("select", {}, options.map((one) => h("option", { value: String(one), selected: one === value }, settingText(one))));
    return { element, read: () => options[element.selectedIndex] };
  }
  if (kind.type === "boolean") {
    const element = h("input", { type: "checkbox", checked: value === true });
    return { element, read: () => element.checked };
  }
  if (kind.type === "integer" || kind.type === "number") {
    const element = h("input", {
      type: "number", value, min: kind.minimum ?? null, max: kind.maximum ?? null,
      step: kind.type === "integer" ? 1 : "any", placeholder: initial === null ? t("form.none") : null,
    });
    return { element, read: () => (element.value !== "" ? Number(element.value) : value === null ? null : initial) };
  }
  return null;
}

/**
 * The page's words, in the reader's language: static/locales has them, one file for each language. What a language
 * lacks is said in English.
 *
 * The server speaks English: titles of strategies and settings, names of thought actions, why a run ended. What it says
 * is looked up by its English words (static/locales/server), so that a strategy of somebody's own is shown as it is.
 */

import { LANGUAGE } from "./language.js";
import { PAGE, SERVER } from "./locales.js";

const HOLE = /\{(\w+)\}/;
const OWN = PAGE[LANGUAGE];
const SAID = SERVER[LANGUAGE] ?? {};
const PLURALS = new Intl.PluralRules(LANGUAGE);
const NUMBERS = new Intl.NumberFormat(LANGUAGE);
// In British English no comma stands before the last "and".
const LISTS = new Intl.ListFormat(LANGUAGE === "en" ? "en-GB" : LANGUAGE);

/**
 * @param {string} key as in static/locales/en.json
 * @param {Object<string, any>} values for what stands in braces; `count`, a number, also chooses the plural form
 * @returns {string}
 */
export function t(key, values = {}) {
  return pieces(key, values).join("");
}

/** The same with elements among the values: texts and elements, as `h` takes them. */
export function pieces(key, values) {
  const text = OWN[key] ?? PAGE.en[key] ?? key;
  const form = typeof text === "string" ? text : (text[PLURALS.select(values.count)] ?? text.other);
  return form.split(HOLE).map((part, k) => (k % 2 ? written(part, values) : part));
}

function written(name, values) {
  return name === "count" ? NUMBERS.format(values.count) : values[name];
}

/** ["a", "b", "c"] → "a, b and c" */
export function listed(items) {
  return LISTS.format(items);
}

/** What the server says, in the reader's language where that is known. */
export function said(english, otherwise = english) {
  if (Object.hasOwn(SAID, english)) return SAID[english];
  for (const [pattern, own] of TEMPLATES) {
    const found = pattern.exec(english);
    if (found) return own.split(HOLE).map((part, k) => (k % 2 ? said(found.groups[part]) : part)).join("");
  }
  return otherwise;
}

/** The server's words that have something in braces: its sentences about numbers and names. */
const TEMPLATES = Object.entries(SAID).filter(([english]) => HOLE.test(english)).map(([english, own]) => [
  new RegExp(`^${english.split(HOLE).map((part, k) => (k % 2 ? `(?<${part}>.+)` : literal(part))).join("")}$`), own,
]);

function literal(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

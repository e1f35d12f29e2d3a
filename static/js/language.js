/** The reader's language: as the address says (`?lang=zh`), else as was chosen before, else as the browser asks for. */

import { h, svg } from "./dom.js";
import { PAGE } from "./locales.js";

const KEY = "treewright.language";
const USUAL = "en";
const LANGUAGES = Object.keys(PAGE);

/** The language that the address asks for; null where it asks for none, or for one that is not here. */
export const GIVEN = known(new URLSearchParams(location.search).get("lang"));
export const LANGUAGE = GIVEN ?? known(kept()) ?? navigator.languages.map(known).find(Boolean) ?? USUAL;

const NEXT = LANGUAGES[(LANGUAGES.indexOf(LANGUAGE) + 1) % LANGUAGES.length];

/** The same as the browser writes it, "en-GB", for dates. */
export const LOCALE = navigator.languages.find((tag) => known(tag) === LANGUAGE) ?? LANGUAGE;

document.documentElement.lang = LANGUAGE;

/** "zh-Hans-CN" → "zh" */
function known(tag) {
  const language = (tag ?? "").split("-")[0].toLowerCase();
  return LANGUAGES.includes(language) ? language : null;
}

/** The button that says everything in the next language. @param {(next: () => void) => void} leave as in `languageItem` */
export function languageButton(leave) {
  const { title, act } = languageItem(leave);
  const attributes = { type: "button", lang: NEXT, title, "aria-label": title, onclick: act };
  return h("button.tw-icon-button.tw-language", attributes, globe());
}

/** Drawn: not every machine has a font with the other language's signs. */
function globe() {
  const lines = "M2.5 10h15M10 2.5c-2.6 2-3.9 4.5-3.9 7.5s1.3 5.5 3.9 7.5c2.6-2 3.9-4.5 3.9-7.5S12.6 4.5 10 2.5";
  return svg("svg", { class: "tw-globe", viewBox: "0 0 20 20", width: 17, height: 17, "aria-hidden": "true" },
    svg("circle", { cx: 10, cy: 10, r: 7.5 }), svg("path", { d: lines }));
}

/** The same as an entry of a menu. @param {(next: () => void) => void} leave what has to be done before, and then `next` */
export function languageItem(leave = (next) => next()) {
  return { title: PAGE[NEXT]["language.name"], act: () => leave(choose) };
}

/** All that is shown stands in the address: the page comes back as it was. */
function choose() {
  let remembered = true;
  try {
    localStorage.setItem(KEY, NEXT);
  } catch {
    remembered = false; // storage can be forbidden
  }
  const url = new URL(location.href);
  if (GIVEN || !remembered) url.searchParams.set("lang", NEXT);
  history.replaceState(history.state, "", url);
  location.reload();
}

function kept() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

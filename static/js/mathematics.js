/**
 * Text with mathematics in it. All of it is text, except what stands between the marks of TeX, which becomes
 * MathML; KaTeX, which makes it, is fetched the first time that there is any. It may not use links, images,
 * classes or styles (`trust: false`), and what it cannot read is shown as it was written.
 */

import { h } from "./dom.js";

/** Of one formula, and of what its macros may become: a model can write anything. */
const LONGEST = 2000;
const MOST_EXPANSIONS = 300;

// $…$ as Pandoc reads it, so that "$5 and $6" stay prices.
const MARKED = /\$\$([^$]+)\$\$|\$(?![\s$])([^$\n]*[^\s$\\])\$(?!\d)|\\\[([\s\S]+?)\\\]|\\\((.+?)\\\)|\\boxed(?=\{)/g;

/**
 * @param {string} text
 * @returns {{text: string, tex: string|null, display: boolean}[]} in order; all `text` together are the text
 */
export function splitMathematics(text) {
  const parts = [];
  let end = 0;
  MARKED.lastIndex = 0;
  for (let found = MARKED.exec(text); found; found = MARKED.exec(text)) {
    const [whole, block, inline, bracketed, parenthesized] = found;
    const boxed = whole === "\\boxed" ? braced(text, MARKED.lastIndex) : null;
    if (whole === "\\boxed" && boxed === null) continue;
    const after = boxed === null ? MARKED.lastIndex : MARKED.lastIndex + boxed.length;
    if (found.index > end) parts.push({ text: text.slice(end, found.index), tex: null, display: false });
    parts.push({
      text: text.slice(found.index, after),
      tex: block ?? inline ?? bracketed ?? parenthesized ?? whole + boxed,
      display: (block ?? bracketed) !== undefined,
    });
    end = MARKED.lastIndex = after;
  }
  if (end < text.length) parts.push({ text: text.slice(end), tex: null, display: false });
  return parts;
}

/** What begins with a brace at `start`, up to the brace that closes it; null where none does. */
function braced(text, start) {
  let depth = 0;
  for (let at = start; at < text.length && at - start <= LONGEST; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === "{") depth += 1;
    else if (text[at] === "}" && (depth -= 1) === 0) return text.slice(start, at + 1);
  }
  return null;
}

/** What each element shows, as it was written. */
const written = new WeakMap();

/** Shows a text in an element: at once as it was written, and its mathematics as soon as KaTeX is there. */
export function showMathematics(element, text) {
  if (written.get(element) === text) return;
  written.set(element, text);
  element.textContent = text;
  const parts = splitMathematics(text);
  if (!parts.some((part) => part.tex !== null)) return;
  katex().then((library) => {
    // Another text may have come to stand here meanwhile.
    if (written.get(element) === text) element.replaceChildren(...parts.map((part) => nodeOf(part, library)));
  }, () => {});
}

function nodeOf({ text, tex, display }, library) {
  if (tex === null || tex.length > LONGEST) return document.createTextNode(text);
  const element = h(display ? "div.tw-math.tw-math-block" : "span.tw-math", { title: text });
  try {
    library.render(tex, element, {
      displayMode: display, output: "mathml", trust: false, strict: "ignore", maxSize: 20, maxExpand: MOST_EXPANSIONS,
    });
  } catch {
    return document.createTextNode(text);
  }
  return element;
}

let loading = null;

/** KaTeX is no module: it leaves itself in the global scope, where a saved page has it from the start. */
function katex() {
  if (globalThis.katex) return Promise.resolve(globalThis.katex);
  loading ??= import("../vendor/katex/katex.min.js").then(() => globalThis.katex);
  return loading;
}

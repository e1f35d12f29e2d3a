/** Light and dark: as the system says, until somebody chooses; the choice is kept in this browser. */

const KEY = "treewright.theme";

/** Gradio marks dark by a class on the body. */
const apply = (dark) => document.body.classList.toggle("dark", dark);

export function restoreTheme() {
  const kept = read();
  // An address with Gradio's own ?__theme= is a wish for this visit, and stronger.
  if (kept && !new URLSearchParams(location.search).has("__theme")) apply(kept === "dark");
}

export function switchTheme() {
  const dark = !document.body.classList.contains("dark");
  apply(dark);
  try {
    localStorage.setItem(KEY, dark ? "dark" : "light");
  } catch {
    // Storage can be forbidden; the choice then lasts as long as the page.
  }
}

function read() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

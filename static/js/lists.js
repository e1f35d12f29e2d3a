/**
 * Gradio's lists open on any focus, and again on the Tab that leaves them. Here Tab only passes by: a list opens
 * on a click, on Enter, Space and the arrows, and when somebody types, and is closed when the focus is elsewhere.
 * What is typed takes the place of the name that stands there: Gradio would put it in the middle.
 */

const LISTS = "#tw-example, #tw-strategy";
const OPENING = ["Enter", " ", "ArrowDown", "ArrowUp"];

const isOpen = (input) => input.getAttribute("aria-expanded") === "true";
function open(input) {
  // The event by which Gradio opens a list: it does not bubble.
  input.dispatchEvent(new FocusEvent("focus"));
  input.select();
}

/** Listens before Gradio does. */
export function tameLists() {
  /** The list that is being pressed: that it gets the focus is to open it. */
  let pressed = null;
  const listening = (type, act) => document.addEventListener(type, (event) => {
    const list = event.target.closest?.(LISTS);
    if (list) act(event, list);
  }, true);
  listening("pointerdown", (event, list) => {
    pressed = list;
    if (event.target === document.activeElement && event.target.role === "combobox" && !isOpen(event.target)) open(event.target);
  });
  listening("focus", (event, list) => {
    if (event.isTrusted && pressed !== list) event.stopPropagation();
    pressed = null;
  });
  // The press itself put the caret somewhere.
  listening("click", ({ target }) => target.role === "combobox" && isOpen(target) && target.select());
  listening("keydown", keyIn);
}

function keyIn(event) {
  const { key, target } = event;
  if (target.role !== "combobox") return;
  if (key === "Tab") {
    event.stopPropagation();
    // Before the browser moves the focus: the open list could be scrolled, and would be given it.
    if (isOpen(target)) target.dispatchEvent(new FocusEvent("blur"));
    return;
  }
  if (isOpen(target)) return;
  if (OPENING.includes(key)) {
    event.preventDefault();
    event.stopPropagation();
    open(target);
  } else if (key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) open(target);
  else event.stopPropagation();
}

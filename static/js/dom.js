/**
 * Makes DOM elements. The only way this explorer puts text on the page is as text nodes: what a model
 * or a person wrote can never become markup. (There is no innerHTML anywhere in these files.)
 */

const SVG = "http://www.w3.org/2000/svg";

/**
 * h("button.tw-button", {title: "Fit", onclick: fn}, "Fit")
 * @param {string} what a tag with classes, such as "div.tw-card.tw-open"
 * @param {Object<string, any>} [attributes] on… functions become listeners; null and false are left out
 * @param {...(Node|string|number|null|false|undefined|Array<any>)} children
 * @returns {HTMLElement}
 */
export function h(what, attributes = {}, ...children) {
  const [tag, ...classes] = what.split(".");
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(" ");
  setAttributes(element, attributes);
  element.append(...nodes(children));
  return element;
}

/**
 * The same for SVG.
 * @returns {SVGElement}
 */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  setAttributes(element, attributes);
  element.append(...nodes(children));
  return element;
}

/** Puts these children in place of all there are. */
export function fill(element, ...children) {
  element.replaceChildren(...nodes(children));
  return element;
}

/** Sets the text of an element, but leaves the DOM alone when it already says so. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function nodes(children) {
  return children.flat(3).filter((child) => child !== null && child !== undefined && child !== false);
}

function setAttributes(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on") && typeof value === "function") {
      element.addEventListener(name.slice(2), value);
    } else if (name === "style") {
      for (const [key, setting] of Object.entries(value)) element.style.setProperty(key, setting);
    } else {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
}

/**
 * Makes the children of an element follow a list, and keeps the element of an item for as long as the
 * item is listed: a click does not get lost because the tree grew between press and release.
 * @template T
 * @param {HTMLElement} parent
 * @param {Iterable<T>} items
 * @param {{key: (item: T) => any, make: (item: T) => HTMLElement, update?: (element: HTMLElement, item: T) => void}} how
 */
export function keyed(parent, items, how) {
  const before = parent.keyedElements ?? new Map();
  const now = new Map();
  let place = parent.firstChild;
  for (const item of items) {
    const key = how.key(item);
    const element = before.get(key) ?? how.make(item);
    now.set(key, element);
    before.delete(key);
    how.update?.(element, item);
    if (element === place) place = place.nextSibling;
    else parent.insertBefore(element, place);
  }
  for (const gone of before.values()) gone.remove();
  parent.keyedElements = now;
}

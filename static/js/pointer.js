/**
 * Mouse and finger over the drawing: which mark they mean. Plotly's own events are not used for this:
 * they know only what was under a mouse some time before, and swallow the second of two quick clicks.
 */

const REACH = 9;
const STILL = 5;
const DOUBLE_MS = 350;

export class Pointer {
  /**
   * @param {HTMLElement} element the plot
   * @param {Object} handlers
   * @param {() => Iterable<{id: number, x: number, y: number, r: number}>} handlers.spots all marks
   * @param {(id: number) => void} handlers.tap
   * @param {() => void} handlers.doubleTapBeside any mark
   * @param {(id: number|null) => void} handlers.over
   */
  constructor(element, handlers) {
    this.element = element;
    this.handlers = handlers;
    this.start = null;
    this.lastBeside = -Infinity;
    // Capturing, because Plotly keeps some of these events to itself while it drags.
    element.addEventListener("pointerdown", (event) => this.#down(event), true);
    window.addEventListener("pointerup", (event) => this.#up(event), true);
    element.addEventListener("pointermove", (event) => this.#move(event), true);
    element.addEventListener("pointerleave", () => this.#over(null));
  }

  #down(event) {
    if (event.button === 0 && event.isPrimary) this.start = { x: event.clientX, y: event.clientY };
  }

  #up(event) {
    const { start } = this;
    if (!event.isPrimary || !start) return;
    this.start = null;
    if (Math.hypot(event.clientX - start.x, event.clientY - start.y) > STILL) return;
    const id = this.#markAt(event);
    if (id !== null) {
      this.handlers.tap(id);
      return;
    }
    const now = performance.now();
    if (now - this.lastBeside < DOUBLE_MS) this.handlers.doubleTapBeside();
    this.lastBeside = now;
  }

  #move(event) {
    if (event.pointerType === "mouse" && !event.buttons) this.#over(this.#markAt(event));
  }

  #over(id) {
    this.element.classList.toggle("tw-over-mark", id !== null);
    this.handlers.over(id);
  }

  /** The nearest mark within reach of the pointer. */
  #markAt(event) {
    const box = this.element.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let [nearest, least] = [null, Infinity];
    for (const spot of this.handlers.spots()) {
      const away = Math.hypot(spot.x - x, spot.y - y);
      if (away <= spot.r + REACH && away - spot.r < least) [nearest, least] = [spot.id, away - spot.r];
    }
    return nearest;
  }
}

/**
 * Which part of the drawing is shown. Until somebody zooms or pans, all of it ("fit"); after that
 * exactly what they chose, and while the tree grows and spreads, the step they look at stays put.
 */

const WIDEST_UNIT = 84;
const TALLEST_UNIT = 84;
const SIDE = 0.8;
/** Pixels for the marks of the first and last level, and for what is written below a mark. */
const ABOVE = 26;
const BELOW = 34;

export class View {
  constructor() {
    this.reset();
  }

  reset() {
    /** @type {{x: number[], y: number[]}|null} null: fit */
    this.chosen = null;
    this.fitted = null;
  }

  get fits() {
    return this.chosen === null;
  }

  /** @param {{x: number[], y: number[]}} range */
  choose(range) {
    this.chosen = { x: [...range.x], y: [...range.y] };
  }

  /** Moves with a node that the layout has moved by `dx`. */
  follow(dx) {
    if (this.chosen) this.chosen.x = this.chosen.x.map((edge) => edge + dx);
  }

  /** @param {{left: number, right: number, depth: number}} extent @param {{width, height}} size */
  range(extent, size) {
    if (this.chosen) return { x: [...this.chosen.x], y: [...this.chosen.y] };
    this.fitted = fit(extent, size);
    return this.fitted;
  }

  /** Zooms about a point (the middle if none is given). Smaller than 1 = closer. */
  zoom(factor, range, about = null) {
    const scale = ([low, high], centre) =>
      [low, high].map((edge) => centre + (edge - centre) * factor);
    const middle = ([low, high]) => (low + high) / 2;
    this.choose({
      x: scale(range.x, about?.x ?? middle(range.x)),
      y: scale(range.y, about?.y ?? middle(range.y)),
    });
  }

  /** Brings a point into view without changing the scale; does nothing when it is in view. */
  reveal(point, range) {
    if (this.fits) return false;
    const margin = 0.04;
    const inside = ([low, high], at) => {
      const [from, to] = low < high ? [low, high] : [high, low];
      return at > from + margin * (to - from) && at < to - margin * (to - from);
    };
    if (inside(range.x, point.x) && inside(range.y, point.y)) return false;
    const around = ([low, high], at) => [at - (high - low) / 2, at + (high - low) / 2];
    this.choose({ x: around(range.x, point.x), y: around(range.y, point.y) });
    return true;
  }
}

/** All of the tree, but a small tree is not blown up. Widths grow in steps, so the scale rarely jumps. */
function fit(extent, size) {
  const needed = extent.right - extent.left + 2 * SIDE;
  const step = needed > 40 ? 8 : needed > 16 ? 4 : 2;
  const width = Math.max(Math.ceil(needed / step) * step, size.width / WIDEST_UNIT);
  const middle = (extent.left + extent.right) / 2;
  const level = Math.min(TALLEST_UNIT, (size.height - ABOVE - BELOW) / Math.max(1, extent.depth));
  const top = ABOVE / level;
  return { x: [middle - width / 2, middle + width / 2], y: [top - size.height / level, top] };
}

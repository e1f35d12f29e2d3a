/**
 * How the overview looks at the tree: as which picture, what it draws of it, and which folds somebody opened. All of
 * it can stand in the page's address.
 */

/** The most steps that a node-link drawing may be asked for: more marks are slow, and cannot be told apart. */
export const MOST_DRAWN = 600;
const WHOLE = /^\d{1,9}$/;
const HIDDEN = "hidden";
const PICTURES = ["tree", "icicle"];

export class Look {
  constructor() {
    this.reset();
  }

  reset() {
    this.picture = PICTURES[0];
    /** Whether the lines from corrected steps to their corrections are drawn. */
    this.corrections = true;
    this.everything();
    this.foldAll();
  }

  /** No thresholds. */
  everything() {
    /** @type {{most: number|null, visits: number, value: number|null}} most: null for what there is room for */
    this.thresholds = { most: null, visits: 0, value: null };
  }

  get limited() {
    const { most, visits, value } = this.thresholds;
    return most !== null || visits > 0 || value !== null;
  }

  /** Takes over what somebody typed; what is out of range becomes the nearest that is not. */
  limit(name, text) {
    const number = text.trim() === "" ? NaN : Number(text);
    const [least, greatest, none] = RANGES[name];
    const within = Math.min(greatest, Math.max(least, name === "value" ? number : Math.round(number)));
    this.thresholds[name] = Number.isFinite(number) ? within : none;
  }

  /** @param {number} parent @param {number[]} ids the steps below it that are drawn from now on */
  unfold(parent, ids) {
    this.opened.set(parent, [...(this.opened.get(parent) ?? []), ...ids]);
  }

  /** Folds what was opened at a node. */
  fold(parent) {
    this.opened.delete(parent);
  }

  foldAll() {
    /** @type {Map<number, number[]>} the steps that were folded at a node until somebody opened it */
    this.opened = new Map();
    /** @type {number[]} nodes to open as soon as the tree is there */
    this.toOpen = [];
  }

  /** @returns {number[]} */
  get unfolded() {
    return [...this.opened.values()].flat();
  }

  /** For the address: names and texts; null for what is as it is at first. */
  written() {
    const { picture, thresholds, opened, toOpen } = this;
    const { most, visits, value } = thresholds;
    return {
      picture: picture === PICTURES[0] ? null : picture,
      corrections: this.corrections ? null : HIDDEN,
      most,
      visits: visits || null,
      value,
      open: [...opened.keys(), ...toOpen].join(",") || null,
    };
  }

  /** @param {URLSearchParams} query as `written`; what makes no sense is ignored */
  read(query) {
    this.reset();
    if (PICTURES.includes(query.get("picture"))) this.picture = query.get("picture");
    this.corrections = query.get("corrections") !== HIDDEN;
    for (const name of Object.keys(RANGES)) this.limit(name, query.get(name) ?? "");
    this.toOpen = (query.get("open") ?? "").split(",").filter((one) => WHOLE.test(one)).map(Number);
  }
}

/** Least, greatest, and what stands for no threshold. */
const RANGES = { most: [10, MOST_DRAWN, null], visits: [0, 1e9, 0], value: [0, 1, null] };

/**
 * Where the blocks of an icicle stand: every step as wide as all that hangs below it. Pure functions over the whole
 * tree, made for ten thousand steps many times a second.
 */

/** Rows above the subtree that is shown: the way to it, low, so that the subtree has the room. */
const HIGHEST_ANCESTOR = 16;
const HIGHEST = 40;
const LOWEST = 3;

/**
 * @typedef {Object} Blocks
 * @property {Float64Array} left of every node, 0 to 1 across the whole tree
 * @property {Float64Array} width
 * @property {Int32Array} height levels of the subtree, itself included
 */

/**
 * A leaf is as wide as its visits and one more, so that nothing vanishes; a step as wide as its children together.
 * @param {import("./tree-model.js").TreeModel} model
 * @returns {Blocks}
 */
export function layBlocks(model) {
  const { nodes, size } = model;
  const width = new Float64Array(size);
  const height = new Int32Array(size).fill(1);
  // A parent is always older than its children.
  for (let id = size - 1; id >= 0; id -= 1) {
    const { parent, visits, children } = nodes[id];
    if (!children.length) width[id] = 1 + visits;
    if (parent === null) continue;
    width[parent] += width[id];
    height[parent] = Math.max(height[parent], height[id] + 1);
  }
  const whole = width[0] || 1;
  const left = new Float64Array(size);
  for (let id = 0; id < size; id += 1) {
    let at = left[id];
    for (const child of nodes[id].children) {
      left[child] = at;
      at += width[child] / whole;
    }
    width[id] /= whole;
  }
  return { left, width, height };
}

/**
 * How the subtree of `root` fills a picture, with the way to it above.
 * @param {{width: number, height: number}} size in pixels
 */
export class Frame {
  constructor(model, blocks, root, size) {
    this.model = model;
    this.blocks = blocks;
    this.root = root;
    this.size = size;
    this.way = model.path(root).slice(0, -1);
    this.low = this.way.length ? Math.min(HIGHEST_ANCESTOR, size.height / 3 / this.way.length) : 0;
    const room = size.height - this.low * this.way.length;
    this.row = Math.max(LOWEST, Math.min(HIGHEST, room / blocks.height[root]));
  }

  /** @returns {{x: number, y: number, width: number, height: number}|null} in pixels; null: not in this frame */
  block(id) {
    const { blocks, root, model, size } = this;
    const above = this.way.indexOf(id);
    if (above >= 0) return { x: 0, y: above * this.low, width: size.width, height: this.low };
    const scale = size.width / blocks.width[root];
    const x = (blocks.left[id] - blocks.left[root]) * scale;
    const levels = model.nodes[id].depth - model.nodes[root].depth;
    if (levels < 0 || x < -1e-6 || x >= size.width) return null;
    return { x, y: this.way.length * this.low + levels * this.row, width: blocks.width[id] * scale, height: this.row };
  }

  /** @returns {number|null} the step whose block is there */
  at(x, y) {
    const { way, low, row, model, blocks, root } = this;
    if (way.length && y < low * way.length) return way[Math.floor(y / low)] ?? null;
    const level = Math.floor((y - low * way.length) / row);
    const place = blocks.left[root] + (x / this.size.width) * blocks.width[root];
    let at = root;
    for (let k = 0; k < level; k += 1) {
      at = model.nodes[at].children.findLast((child) => blocks.left[child] <= place);
      if (at === undefined) return null;
    }
    return level >= 0 && place < blocks.left[at] + blocks.width[at] ? at : null;
  }
}

/**
 * Tidy tree layout in linear time: Buchheim, Jünger and Leipert's form of Walker's algorithm
 * ("Improving Walker's Algorithm to Run in Linear Time", 2002). Iterative, so that a chain of thousands
 * of steps does not exhaust the stack. Distance 1 between neighbours at the same depth.
 */

/**
 * @param {number[][]} children ids of the children of every node; the root is node 0
 * @returns {Float64Array} the x of every node (0 for nodes that cannot be reached from the root)
 */
export function tidyLayout(children) {
  const work = newWork(children);
  for (let k = work.order.length - 1; k >= 0; k -= 1) placeChildren(work, work.order[k]);
  return positions(work);
}

function newWork(children) {
  const n = children.length;
  const work = {
    children,
    order: n ? [0] : [],
    parent: new Int32Array(n).fill(-1),
    number: new Int32Array(n),
    prelim: new Float64Array(n),
    modifier: new Float64Array(n),
    shift: new Float64Array(n),
    change: new Float64Array(n),
    thread: new Int32Array(n).fill(-1),
    ancestor: Int32Array.from({ length: n }, (_, i) => i),
  };
  for (let k = 0; k < work.order.length; k += 1) {
    const parent = work.order[k];
    children[parent].forEach((child, place) => {
      work.parent[child] = parent;
      work.number[child] = place;
      work.order.push(child);
    });
  }
  return work;
}

/** Places the children of one node beside each other; the subtrees of each are already placed. */
function placeChildren(work, node) {
  const { children, prelim, modifier } = work;
  const row = children[node];
  let leftmostShifted = row[0];
  row.forEach((child, place) => {
    const own = children[child];
    const middle = own.length ? (prelim[own[0]] + prelim[own[own.length - 1]]) / 2 : 0;
    if (place === 0) {
      prelim[child] = middle;
      return;
    }
    prelim[child] = prelim[row[place - 1]] + 1;
    if (own.length) modifier[child] = prelim[child] - middle;
    leftmostShifted = apportion(work, node, place, leftmostShifted);
  });
  spreadShifts(work, row);
}

const leftOf = (work, v) => (work.children[v].length ? work.children[v][0] : work.thread[v]);
const rightOf = (work, v) => (work.children[v].length ? work.children[v].at(-1) : work.thread[v]);

/**
 * Walks down the facing contours of the child at `place` and of its left neighbours, and moves it clear.
 * `inner` are the two contours that face each other, `outer` those on the far sides; each has the node it
 * is at and the sum of the modifiers on the way there.
 */
function apportion(work, parent, place, defaultAncestor) {
  const { modifier, prelim, ancestor } = work;
  const row = work.children[parent];
  const child = row[place];
  const at = (node) => ({ node, sum: modifier[node] });
  const inner = { left: at(row[place - 1]), right: at(child) };
  const outer = { left: at(row[0]), right: at(child) };
  let below = { left: rightOf(work, inner.left.node), right: leftOf(work, inner.right.node) };
  while (below.left >= 0 && below.right >= 0) {
    inner.left.node = below.left;
    inner.right.node = below.right;
    outer.left.node = leftOf(work, outer.left.node);
    outer.right.node = rightOf(work, outer.right.node);
    ancestor[outer.right.node] = child;
    const overlap =
      prelim[inner.left.node] + inner.left.sum - prelim[inner.right.node] - inner.right.sum + 1;
    if (overlap > 0) {
      const from = ancestor[inner.left.node];
      moveSubtree(work, work.parent[from] === parent ? from : defaultAncestor, child, overlap);
      inner.right.sum += overlap;
      outer.right.sum += overlap;
    }
    for (const side of [inner.left, inner.right, outer.left, outer.right]) {
      side.sum += modifier[side.node];
    }
    below = { left: rightOf(work, inner.left.node), right: leftOf(work, inner.right.node) };
  }
  return linkContours(work, inner, outer, below) ? child : defaultAncestor;
}

/** Where one subtree reaches deeper, its contour goes on from the other's end. */
function linkContours(work, inner, outer, below) {
  const link = (end, next, from) => {
    work.thread[end.node] = next;
    work.modifier[end.node] += from.sum - end.sum;
  };
  if (below.left >= 0 && rightOf(work, outer.right.node) < 0) link(outer.right, below.left, inner.left);
  const rightIsDeeper = below.right >= 0 && leftOf(work, outer.left.node) < 0;
  if (rightIsDeeper) link(outer.left, below.right, inner.right);
  return rightIsDeeper;
}

function moveSubtree(work, from, to, distance) {
  const { number, change, shift, prelim, modifier } = work;
  const share = distance / (number[to] - number[from]);
  change[to] -= share;
  shift[to] += distance;
  change[from] += share;
  prelim[to] += distance;
  modifier[to] += distance;
}

/** Spreads the moves evenly over the subtrees in between. */
function spreadShifts(work, row) {
  let shift = 0;
  let change = 0;
  for (let k = row.length - 1; k >= 0; k -= 1) {
    const child = row[k];
    work.prelim[child] += shift;
    work.modifier[child] += shift;
    change += work.change[child];
    shift += work.shift[child] + change;
  }
}

function positions(work) {
  const { order, parent, prelim, modifier, children } = work;
  const x = new Float64Array(children.length);
  const carried = new Float64Array(children.length);
  for (const node of order) {
    const above = parent[node] >= 0 ? carried[parent[node]] : 0;
    carried[node] = above + modifier[node];
    x[node] = prelim[node] + above;
  }
  const top = children[0] ?? [];
  if (top.length) x[0] = (x[top[0]] + x[top.at(-1)]) / 2;
  return x;
}

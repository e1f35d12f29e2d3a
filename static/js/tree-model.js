/**
 * The tree as the page knows it: loaded from a snapshot, then changed by one event after another
 * (docs/api.md). It knows nothing of the DOM and draws nothing.
 */

/**
 * @typedef {Object} TreeNode
 * @property {number} id
 * @property {number|null} parent
 * @property {number[]} children ids, oldest first
 * @property {number} depth
 * @property {string} action
 * @property {string} text
 * @property {number|null} value
 * @property {number} visits
 * @property {number} sum of the values backed up
 * @property {number|null} estimate the value before any backup, where it is known
 * @property {number|null} label
 * @property {number|null} pin what every visit counts for, because a person labelled the step
 * @property {boolean} pruned itself; what hangs below it is out of the search too
 * @property {boolean} flagged a person wants it looked at again
 * @property {Object<string, number|null>} scores
 * @property {boolean} cut whether only the opening of its text is here yet
 */

const DEFAULTS = {
  action: "", text: "", value: null, visits: 0, prior: null, mean_logprob: null, tokens: 0,
  scores: {}, terminal: false, answer: null, corrects: null, origin: "model", model: "",
  temperature: null, samples: 1, pruned: false, label: null, flagged: false, patterns: [], cut: false,
};

/** The value that each rating pins a step to. */
const VALUE_OF = { "-1": 0, 0: 0.5, 1: 1 };

export class TreeModel {
  constructor() {
    this.clear();
  }

  clear() {
    /** @type {TreeNode[]} */
    this.nodes = [];
    this.seq = 0;
    /** @type {Map<string, number>} the node of every model call in flight, by work id */
    this.inFlight = new Map();
    /** @type {Map<number, {rating: number|null, untold: number}>} see `holdLabel` */
    this.held = new Map();
    /** @type {number|null} the terminal node that gave the run's answer */
    this.answered = null;
  }

  get size() {
    return this.nodes.length;
  }

  /** @param {{run: any, nodes: any[], seq: number}} snapshot the answer of GET …/tree */
  load(snapshot) {
    this.clear();
    for (const node of snapshot.nodes) this.#add(node);
    this.seq = snapshot.seq;
    this.answered = snapshot.run.best_node ?? null;
  }

  /** The same tree, which can change apart from this one. */
  copy() {
    const copy = new TreeModel();
    copy.nodes = this.nodes.map((node) => ({ ...node, children: [...node.children] }));
    copy.seq = this.seq;
    copy.inFlight = new Map(this.inFlight);
    copy.answered = this.answered;
    return copy;
  }

  /**
   * Applies one event. An event seen before, or of a kind not known here, changes nothing.
   * @returns {boolean} whether the tree may look different now
   */
  apply(event) {
    if (event.seq <= this.seq) return false;
    this.seq = event.seq;
    const change = CHANGES[event.kind];
    if (!change) return false;
    const needsNode = event.kind !== "node_added" && typeof event.node === "number";
    if (needsNode && !this.nodes[event.node]) return false;
    change(this, event);
    return true;
  }

  /** @returns {number[]} ids from the root to this node */
  path(id) {
    const ids = [];
    for (let at = id; at !== null && at !== undefined; at = this.nodes[at].parent) ids.push(at);
    return ids.reverse();
  }

  /** The path to the run's answer; before there is one, the way most often taken. */
  bestPath() {
    if (!this.size) return [];
    if (this.answered !== null && this.nodes[this.answered]) return this.path(this.answered);
    let at = this.nodes[0];
    const ids = [0];
    for (;;) {
      const open = at.children.map((id) => this.nodes[id]).filter((node) => !node.pruned);
      if (!open.length) return ids;
      at = open.reduce(better);
      ids.push(at.id);
    }
  }

  /** The pruned step nearest above this one, or this one itself; null if it is in the search. */
  prunedAt(id) {
    for (let at = id; at !== null; at = this.nodes[at].parent) if (this.nodes[at].pruned) return at;
    return null;
  }

  /** @returns {Uint8Array} 1 for every node that is out of the search, being pruned or below such */
  out() {
    const out = new Uint8Array(this.size);
    for (const { id, parent, pruned } of this.nodes) out[id] = pruned || (parent !== null && out[parent]) ? 1 : 0;
    return out;
  }

  /** Ids of the nodes where a model call is in flight, without repetition. */
  busy() {
    return new Set(this.inFlight.values());
  }

  /** Ids with the same parent, this one among them. */
  siblings(id) {
    const { parent } = this.nodes[id];
    return parent === null ? [id] : this.nodes[parent].children;
  }

  /** Shows a label that was just given, until the event that tells it: those of older labels may still come. */
  holdLabel(id, rating) {
    this.held.set(id, { rating, untold: (this.held.get(id)?.untold ?? 0) + 1 });
    this.nodes[id].label = rating;
  }

  /** A label that was given was not stored: no event will tell it. */
  dropLabel(id, rating, before) {
    const held = this.held.get(id);
    if (this.nodes[id].label === rating) this.nodes[id].label = before; // nothing newer was given since
    if (held) this.#told(id, { ...held, rating: this.nodes[id].label });
  }

  /** One event fewer to wait for. @returns the label to show meanwhile; undefined: none is held */
  toldLabel(id) {
    const held = this.held.get(id);
    if (held) this.#told(id, held);
    return held?.rating;
  }

  #told(id, { rating, untold }) {
    if (untold > 1) this.held.set(id, { rating, untold: untold - 1 });
    else this.held.delete(id);
  }

  #add(given) {
    const parent = given.parent ?? null;
    const node = { ...DEFAULTS, ...given, parent, children: [], depth: 0 };
    node.sum = node.visits ? (node.value ?? 0) * node.visits : 0;
    node.estimate = given.estimate ?? (node.visits ? null : node.value);
    node.pin = VALUE_OF[node.label] ?? null;
    if (parent !== null) {
      node.depth = this.nodes[parent].depth + 1;
      this.nodes[parent].children.push(node.id);
    }
    this.nodes[node.id] = node;
  }

  static added(model, event) {
    const { node, estimate, seq, kind, at, ...fields } = event;
    // Ids count up without gaps; anything else is a repetition or a mistake, and drawing would fail.
    if (node === model.size) model.#add({ ...fields, id: node, value: estimate ?? null });
  }
}

function better(one, other) {
  if (other.visits !== one.visits) return other.visits > one.visits ? other : one;
  return (other.value ?? -1) > (one.value ?? -1) ? other : one;
}

function merge(model, event) {
  const node = model.nodes[event.node];
  node.samples += 1;
  node.prior = event.prior;
}

function backUp(model, event) {
  let { value } = event;
  for (const node of upwards(model, event.node)) {
    value = node.pin ?? value;
    count(node, 1, value);
  }
}

/** The event says what the label makes of the step. */
function label(model, event) {
  const node = model.nodes[event.node];
  const held = model.toldLabel(node.id);
  node.label = held === undefined ? event.rating : held;
  // Labels of older logs are only marks.
  if (typeof event.visits !== "number") return;
  node.pin = event.rating === null ? null : event.value;
  if (!event.visits) node.estimate = event.value;
  const visits = event.visits - node.visits;
  const change = (event.value ?? 0) * event.visits - node.sum;
  count(node, visits, change);
  passOn(model, node, visits, change);
}

/** What was backed up through a pruned step counts above it no longer, until it is restored. */
function prune(model, event) {
  const node = model.nodes[event.node];
  if (node.pruned === event.pruned) return;
  node.pruned = false;
  if (event.pruned) passOn(model, node, -node.visits, -node.sum);
  else passOn(model, node, node.visits, node.sum);
  node.pruned = event.pruned;
}

/** Every ancestor takes a difference; above a pinned one only its visits count, above a pruned one nothing. */
function passOn(model, node, visits, change) {
  if (node.pruned) return;
  for (const above of upwards(model, node.parent)) {
    if (above.pin !== null) change = above.pin * visits;
    count(above, visits, change);
  }
}

/** A node and its ancestors, up to the first pruned one: nothing counts above that. */
function* upwards(model, id) {
  for (let at = id; at !== null; at = model.nodes[at].pruned ? null : model.nodes[at].parent) yield model.nodes[at];
}

function count(node, visits, sum) {
  node.visits += visits;
  node.sum = node.visits ? node.sum + sum : 0;
  node.value = node.visits ? Math.max(0, node.sum / node.visits) : node.pin ?? node.estimate;
}

function score(model, event) {
  const node = model.nodes[event.node];
  node.scores = { ...node.scores, [event.verifier]: event.score };
  node.estimate = event.estimate ?? null;
  if (!node.visits) node.value = node.estimate;
}

/** What each kind of event does to the tree. */
const CHANGES = {
  node_added: TreeModel.added,
  merged: merge,
  asked: (model, event) => model.inFlight.set(event.work, event.node),
  told: (model, event) => model.inFlight.delete(event.work),
  backed_up: backUp,
  scored: score,
  labelled: label,
  pruned: prune,
  flagged: (model, event) => {
    model.nodes[event.node].flagged = event.flagged;
  },
  answered: (model, event) => {
    model.answered = event.node;
  },
  status: (model, event) => {
    if (event.status !== "running" && event.status !== "queued") model.inFlight.clear();
  },
};

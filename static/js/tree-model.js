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
 * @property {number|null} label
 * @property {Object<string, number|null>} scores
 */

const DEFAULTS = {
  action: "", text: "", value: null, visits: 0, prior: null, mean_logprob: null, tokens: 0,
  scores: {}, terminal: false, answer: null, corrects: null, origin: "model", model: "",
  temperature: null, samples: 1, pruned: false, label: null,
};

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
    while (at.children.length) {
      at = at.children.map((id) => this.nodes[id]).reduce(better);
      ids.push(at.id);
    }
    return ids;
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

  setLabel(id, rating) {
    this.nodes[id].label = rating;
  }

  #add(given) {
    const parent = given.parent ?? null;
    const node = { ...DEFAULTS, ...given, parent, children: [], depth: 0 };
    node.sum = node.visits ? (node.value ?? 0) * node.visits : 0;
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
  for (const id of model.path(event.node)) {
    const node = model.nodes[id];
    node.sum += event.value;
    node.visits += 1;
    node.value = node.sum / node.visits;
  }
}

function score(model, event) {
  const node = model.nodes[event.node];
  node.scores = { ...node.scores, [event.verifier]: event.score };
  if (!node.visits) node.value = event.estimate ?? null;
}

/** What each kind of event does to the tree. */
const CHANGES = {
  node_added: TreeModel.added,
  merged: merge,
  asked: (model, event) => model.inFlight.set(event.work, event.node),
  told: (model, event) => model.inFlight.delete(event.work),
  backed_up: backUp,
  scored: score,
  labelled: (model, event) => model.setLabel(event.node, event.rating),
  pruned: (model, event) => {
    model.nodes[event.node].pruned = event.pruned;
  },
  answered: (model, event) => {
    model.answered = event.node;
  },
  status: (model, event) => {
    if (event.status !== "running" && event.status !== "queued") model.inFlight.clear();
  },
};

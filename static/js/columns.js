/**
 * Trees as the server sends them to this page: in columns, one list per field, with long texts cut short.
 * The texts follow by themselves, once the tree can be seen.
 */

/**
 * @param {{run: any, seq: number, columns: Object<string, any[]>, cut: number[]}} answer of GET …/tree/columns
 * @returns {{run: any, seq: number, nodes: any[]}} as GET …/tree has it; `cut`: of this text there is more
 */
export function fromColumns({ run, seq, columns, cut }) {
  const names = Object.keys(columns);
  const nodes = columns.parent.map((_, id) => {
    const node = { id };
    for (const name of names) node[name] = columns[name][id];
    return node;
  });
  for (const id of cut) nodes[id].cut = true;
  return { run, seq, nodes };
}

/**
 * Gives the nodes the rest of their texts.
 * @param {import("./tree-model.js").TreeNode[]} nodes
 * @param {Object<string, string>} rests by id
 */
export function fillTexts(nodes, rests) {
  for (const [id, rest] of Object.entries(rests)) {
    const node = nodes[id];
    if (!node?.cut) continue;
    node.text += rest;
    node.cut = false;
  }
}

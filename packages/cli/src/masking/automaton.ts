const ROOT = 0;

/**
 * Finds any of many patterns in bytes, in one pass (A. V. Aho and M. J. Corasick, Efficient String
 * Matching, 1975). Nodes are numbers; 0 is where nothing is matched.
 */
export class Automaton {
  readonly #edges: EdgeTable;
  readonly #fail: Int32Array;
  readonly #depth: Int32Array;
  readonly #longest: Int32Array;
  readonly #first = new Int32Array(256);

  constructor(patterns: readonly Uint8Array[]) {
    const most = patterns.reduce((sum, { length }) => sum + length, 1);
    this.#edges = new EdgeTable(most);
    this.#fail = new Int32Array(most);
    this.#depth = new Int32Array(most);
    this.#longest = new Int32Array(most);
    const nodes = this.#plant(patterns);
    this.#link(nodes);
  }

  /** Where a byte leads from a node. */
  step(node: number, byte: number): number {
    let at = node;
    while (at !== ROOT) {
      const next = this.#edges.get(at, byte);
      if (next !== 0) return next;
      at = this.#fail[at] ?? ROOT;
    }
    return this.#first[byte] ?? ROOT;
  }

  /** From here on the place of the first byte with which a pattern begins, or the end. */
  skip(bytes: Uint8Array, from: number): number {
    const first = this.#first;
    let at = from;
    while (at < bytes.length && first[bytes[at] ?? 0] === ROOT) at += 1;
    return at;
  }

  /** How many of the bytes before may still become a pattern. */
  depth(node: number): number {
    return this.#depth[node] ?? 0;
  }

  /** The length of the longest pattern that ends here, 0 = none. */
  longest(node: number): number {
    return this.#longest[node] ?? 0;
  }

  /** Grows the tree and returns its nodes by their parents, each behind its parent. */
  #plant(patterns: readonly Uint8Array[]): Nodes {
    const nodes: Nodes = { parents: [ROOT], bytes: [0] };
    for (const pattern of patterns) {
      let at = ROOT;
      for (const byte of pattern) {
        const found = at === ROOT ? (this.#first[byte] ?? 0) : this.#edges.get(at, byte);
        at = found === 0 ? this.#grow(nodes, at, byte) : found;
      }
      if (at !== ROOT) this.#longest[at] = pattern.length;
    }
    return nodes;
  }

  #grow(nodes: Nodes, parent: number, byte: number): number {
    const node = nodes.parents.push(parent) - 1;
    nodes.bytes.push(byte);
    this.#depth[node] = this.depth(parent) + 1;
    if (parent === ROOT) this.#first[byte] = node;
    else this.#edges.set(parent, byte, node);
    return node;
  }

  /** Says for each node, nearer ones first, where the longest end of what it stands for is. */
  #link({ bytes, parents }: Nodes): void {
    for (const node of this.#byDepth(parents.length)) {
      const parent = parents[node] ?? ROOT;
      if (parent === ROOT) continue;
      const fail = this.step(this.#fail[parent] ?? ROOT, bytes[node] ?? 0);
      this.#fail[node] = fail;
      this.#longest[node] = Math.max(this.longest(node), this.longest(fail));
    }
  }

  #byDepth(count: number): Int32Array {
    const places = new Int32Array(this.#depth.length + 1);
    for (let node = 0; node < count; node += 1) counted(places, this.depth(node) + 1);
    for (let depth = 1; depth < places.length; depth += 1) {
      places[depth] = (places[depth] ?? 0) + (places[depth - 1] ?? 0);
    }
    const order = new Int32Array(count);
    for (let node = 0; node < count; node += 1) order[counted(places, this.depth(node))] = node;
    return order;
  }
}

/** Counts one more, and returns how many there were. */
function counted(counts: Int32Array, at: number): number {
  const before = counts[at] ?? 0;
  counts[at] = before + 1;
  return before;
}

interface Nodes {
  readonly parents: number[];
  readonly bytes: number[];
}

/** Edges by their node and byte, in one table with open addressing: a Map would weigh six times that. */
class EdgeTable {
  readonly #keys: Float64Array;
  readonly #nodes: Int32Array;
  readonly #mask: number;

  constructor(most: number) {
    const size = 2 ** Math.ceil(Math.log2(2 * most + 1));
    this.#keys = new Float64Array(size);
    this.#nodes = new Int32Array(size);
    this.#mask = size - 1;
  }

  get(node: number, byte: number): number {
    return this.#nodes[this.#place(node * 256 + byte)] ?? 0;
  }

  set(node: number, byte: number, to: number): void {
    const key = node * 256 + byte;
    const place = this.#place(key);
    this.#keys[place] = key;
    this.#nodes[place] = to;
  }

  #place(key: number): number {
    let place = Math.imul(key, 0x9e3779b1) >>> 0;
    for (;;) {
      place &= this.#mask;
      // No edge leads to the root: 0 is an empty place.
      if (this.#nodes[place] === 0 || this.#keys[place] === key) return place;
      place += 1;
    }
  }
}

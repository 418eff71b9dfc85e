import type { GraphState } from './graph-state.js';
import type { GraphMessage, NodeMessage } from './messages.js';

/** A node with the name that it goes by: its own, made unique, or operator and position. */
export interface NamedNode {
  readonly node: NodeMessage;
  readonly name: string;
}

/** Names of the outer graph's values that a node's subgraphs read. */
function captured(node: NodeMessage): string[] {
  const graphs = node.attribute.flatMap((attribute) => (attribute.g ? [attribute.g] : []));
  return graphs.flatMap((graph) => {
    const own = new Set([...graph.initializer.map((tensor) => tensor.name), ...graph.node.flatMap((inner) => inner.output)]);
    return graph.node
      .flatMap((inner) => [...inner.input, ...captured(inner)])
      .concat(graph.output.map((output) => output.name ?? ''))
      .filter((name) => !own.has(name));
  });
}

/** What a node waits for. */
export function readsOf(node: NodeMessage): string[] {
  return [...node.input, ...captured(node)].filter((name) => name !== '');
}

/**
 * Nodes so that producers come before consumers; those that are in order stay as they are. Throws when a tensor is
 * written twice, is written by nobody, or when nodes wait for one another in a circle.
 */
export function orderNodes(state: GraphState, graph: GraphMessage, prefix: string): NamedNode[] {
  const nodes = nameNodes(graph, prefix);
  const writer = new Map<string, number>();
  nodes.forEach(({ node, name }, index) => {
    for (const output of node.output.filter((each) => each !== '')) {
      const other = writer.get(output);
      if (other !== undefined)
        throw state.error(
          `node '${name}' (${node.opType})`,
          `output tensor '${output}' is written by node '${nodes[other]!.name}' as well`,
          'each tensor to be written by one node',
        );
      writer.set(output, index);
    }
  });
  return sorted(state, nodes, writer);
}

function nameNodes(graph: GraphMessage, prefix: string): NamedNode[] {
  const taken = new Map<string, number>();
  return graph.node.map((node, index) => {
    const base = prefix + (node.name ? node.name : `${node.opType ?? 'node'}_${index}`);
    const count = (taken.get(base) ?? 0) + 1;
    taken.set(base, count);
    return { node, name: count === 1 ? base : `${base}#${count}` };
  });
}

function sorted(state: GraphState, nodes: readonly NamedNode[], writer: ReadonlyMap<string, number>): NamedNode[] {
  const waits = nodes.map(({ node }) => new Set(readsOf(node).flatMap((name) => (writer.has(name) && !state.values.has(name) ? [writer.get(name)!] : []))));
  const readers = nodes.map((): number[] => []);
  waits.forEach((sources, index) => sources.forEach((source) => readers[source]!.push(index)));
  const open = waits.map((sources) => sources.size);
  const done = new Array<boolean>(nodes.length).fill(false);
  const order: NamedNode[] = [];
  // Depth-first release in file order keeps a sorted file as it is, and costs one step an edge.
  const release = (start: number): void => {
    const stack = [start];
    for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
      done[index] = true;
      order.push(nodes[index]!);
      for (const reader of readers[index]!) if (--open[reader]! === 0 && reader < start) stack.push(reader);
    }
  };
  for (let pass = true; pass;) {
    pass = false;
    for (let index = 0; index < nodes.length; index++) {
      if (done[index] || open[index] !== 0) continue;
      release(index);
      pass = true;
    }
  }
  const stuck = nodes.findIndex((_, index) => !done[index]);
  if (stuck >= 0) throw circle(state, nodes, waits, done, stuck);
  return order;
}

/** Walks back over unfinished sources until a node comes twice. */
function circle(state: GraphState, nodes: readonly NamedNode[], waits: readonly ReadonlySet<number>[], done: readonly boolean[], start: number): Error {
  const visited = new Set<number>();
  let index = start;
  while (!visited.has(index)) {
    visited.add(index);
    index = [...waits[index]!].find((source) => !done[source])!;
  }
  const seen = [...visited];
  const names = [...seen.slice(seen.indexOf(index)), index].map((each) => `'${nodes[each]!.name}'`);
  const shown = names.length > 8 ? [...names.slice(0, 8), '...'] : names;
  return state.error(
    `node '${nodes[index]!.name}' (${nodes[index]!.node.opType})`,
    `nodes wait for one another in a circle: ${shown.join(' <- ')}`,
    'a graph without cycles',
  );
}

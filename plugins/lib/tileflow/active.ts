import type { TileflowProblem } from './form.js';
import type { PlacedNode } from './nodes.js';

/**
 * Which tensors each node reads, fills, updates and writes back. A tensor lives from the tile above which producer and consumer meet (the root
 * for the problem's own inputs and outputs) down to both; a tile that it bypasses is left out of the chain.
 */
export function markActive(root: PlacedNode, { tensors, operations, ins, outs }: TileflowProblem): void {
  const place = new Map(tensors.map(({ name }, index) => [name, index]));
  const producers = new Map<string, PlacedNode>();
  for (const leaf of leaves(root)) {
    const operation = operations.find(({ name }) => leaf.source.type === 'op' && name === leaf.source.name)!;
    for (const name of operation.ins) {
      const producer = producers.get(name);
      if (producer !== undefined) produce(chain(producer, leaf), name);
      consume(chain(leaf, producer ?? root), name);
    }
    producers.set(operation.out, leaf);
  }
  for (const name of outs) {
    const producer = producers.get(name);
    if (producer !== undefined && !ins.includes(name)) produce(chain(producer, root), name);
  }

  function produce(path: readonly PlacedNode[], name: string): void {
    const tensor = place.get(name)!;
    walk(path, name, (node, next) => {
      if (tensors[tensor]!.readWrite) {
        node.reads.add(tensor);
        next?.fills.add(tensor);
      }
      node.updates.add(tensor);
      next?.writebacks.add(tensor);
    });
  }

  function consume(path: readonly PlacedNode[], name: string): void {
    const tensor = place.get(name)!;
    walk(path, name, (node, next) => {
      node.reads.add(tensor);
      next?.fills.add(tensor);
    });
  }
}

function walk(path: readonly PlacedNode[], tensor: string, visit: (node: PlacedNode, next: PlacedNode | undefined) => void): void {
  path.forEach((node, index) => {
    if (node.source.type === 'tile' && node.source.bypass.includes(tensor)) return;
    visit(node, path[index + 1]);
  });
}

/** From the innermost node that holds both, or the first tile below it where that is a scope, down to `end`. */
function chain(end: PlacedNode, other: PlacedNode): readonly PlacedNode[] {
  const [path, others] = [ancestry(end), ancestry(other)];
  let common = 0;
  while (common + 1 < path.length && path[common + 1] === others[common + 1]) common += 1;
  const below = path.slice(common);
  const first = below.findIndex(({ source }) => source.type === 'tile');
  return first < 0 ? [] : below.slice(first);
}

function ancestry(node: PlacedNode): readonly PlacedNode[] {
  return node.parent === undefined ? [node] : [...ancestry(node.parent), node];
}

function leaves(node: PlacedNode): readonly PlacedNode[] {
  return node.source.type === 'op' ? [node] : node.children.flatMap(leaves);
}

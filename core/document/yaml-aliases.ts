import { isAlias, isMap, isScalar, isSeq, type Alias, type Node } from 'yaml';

/** The first part of a document with which it has more values than it may have. */
export class TooManyValues extends Error {
  constructor(
    readonly node: Node,
    readonly path: readonly string[],
  ) {
    super('too many values');
  }
}

/**
 * What each alias stands for: the last anchor of its name before it. In the same walk it is counted how many values the document has when
 * aliases repeat theirs, each part once: a few lines can stand for more than there are atoms, and nothing of it is made before it is known.
 * An alias inside its own anchor counts as one value: it is a fault by itself.
 * @param most values; with more, TooManyValues
 * @param mostLevels below which nothing is looked at: whoever reads the values refuses the document there
 */
export function aliasTargets(root: unknown, most: number, mostLevels: number): ReadonlyMap<Alias, Node> {
  const targets = new Map<Alias, Node>();
  const anchors = new Map<string, Node>();
  const sizes = new Map<Node, number>();
  const path: string[] = [];
  const inParts = (node: Node, parts: readonly (readonly [key: string, value: unknown])[]): number => {
    let sum = 1;
    for (const [key, value] of parts) {
      path.push(key);
      sum += sizeOf(value);
      if (sum > most) throw new TooManyValues(isNode(value) ? value : node, [...path]);
      path.pop();
    }
    return sum;
  };
  const sizeOf = (node: unknown): number => {
    if (!isNode(node) || path.length > mostLevels) return 1;
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target === undefined) return 1;
      targets.set(node, target);
      return 1 + (sizes.get(target) ?? 0);
    }
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    let size = 1;
    if (isMap(node)) {
      size = inParts(
        node,
        node.items.map(({ key, value }) => [isScalar(key) ? String(key.value) : '?', value]),
      );
    } else if (isSeq(node)) {
      size = inParts(
        node,
        node.items.map((item, index) => [String(index), item]),
      );
    }
    if (node.anchor !== undefined) sizes.set(node, size);
    return size;
  };
  sizeOf(root);
  return targets;
}

function isNode(node: unknown): node is Node & { anchor?: string } {
  return isAlias(node) || isMap(node) || isSeq(node) || isScalar(node);
}

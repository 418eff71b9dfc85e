import { MAXIMUM_DEPTH, MAXIMUM_NODES, scopeKind, type TileflowLoop, type TileflowNode } from 'tessera-sim/tileflow';
import { InputError, type UnusedPart } from 'tessera-sim';
import type { Macros } from './problem.js';
import { isObject, namesIn, type Section } from './source.js';

type Loose = Readonly<Record<string, unknown>>;

export interface ReadTree {
  readonly tree: TileflowNode;
  readonly unused: readonly UnusedPart[];
}

const READ = new Set(['node-type', 'type', 'factors', 'permutation', 'target', 'split', 'bypass', 'profile', 'multicast', 'name', 'subtree', 'tag', 'binding']);

/** A tree of the tool. `onlyOperation`: what lies inside of a list of tiles, the form of its Timeloop example. */
export function readTree(section: Section, macros: Macros, onlyOperation: string | undefined): ReadTree {
  const unused: UnusedPart[] = [];
  let left = MAXIMUM_NODES;
  const { value } = section;
  if (!Array.isArray(value)) return { tree: node(value, 'mapping', 0), unused };
  if (onlyOperation === undefined) section.fail('mapping', 'a list of tiles names no operation', 'a tree, or a problem of one operation');
  const tree = (value as unknown[]).reduceRight<TileflowNode>(
    (child, tile, index) => tileNode(mapping(tile, `mapping.${index}`), `mapping.${index}`, () => child),
    { type: 'op', name: onlyOperation },
  );
  return { tree, unused };

  function node(given: unknown, path: string, depth: number): TileflowNode {
    left -= 1;
    if (left < 0 || depth > MAXIMUM_DEPTH) section.fail(path, 'the tree is too large', `${MAXIMUM_NODES} nodes, ${MAXIMUM_DEPTH} inside one another at most`);
    const own = mapping(given, path);
    const kind = String(own['node-type'] ?? '').toLowerCase();
    for (const key of Object.keys(own))
      if (!READ.has(key))
        unused.push({ file: section.file, ...lineOf(`${path}.${key}`), path: `${path}.${key}`, reason: 'the tool reads no such key of a node' });
    if (kind === 'op') {
      const name = own['name'];
      if (typeof name !== 'string') section.fail(path, 'an operation has no name', 'a name of the problem');
      return { type: 'op', name };
    }
    const subtree = own['subtree'];
    const children: readonly unknown[] = Array.isArray(subtree) ? subtree : subtree === undefined ? [] : [subtree];
    const at = (index: number): string => (Array.isArray(subtree) ? `${path}.subtree.${index}` : `${path}.subtree`);
    if (children.length === 0) section.fail(path, 'a tile or scope has nothing below it', 'a subtree that ends in operations');
    if (kind === 'scope') return { type: 'scope', kind: scopeOf(own, path), children: children.map((child, index) => node(child, at(index), depth + 1)) };
    if (kind !== 'tile') section.fail(path, `'${String(own['node-type'])}' is no kind of node`, 'Tile, Scope or Op');
    if (children.length > 1) section.fail(path, `a tile has ${children.length} parts below it`, 'one, or a scope that holds them');
    return tileNode(own, path, () => node(children[0], at(0), depth + 1));
  }

  function mapping(given: unknown, path: string): Loose {
    return isObject(given) ? given : section.fail(path, 'a node is no mapping', 'node-type, and what belongs to it');
  }

  function scopeOf(own: Loose, path: string): ReturnType<typeof scopeKind> {
    try {
      return scopeKind(own['type'] ?? 'sequential', `${path}.type`);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const [problem] = error.problems;
      return section.fail(problem!.path ?? path, problem!.message, problem!.expected ?? '');
    }
  }

  function tileNode(own: Loose, path: string, child: () => TileflowNode): TileflowNode {
    const type = String(own['type'] ?? 'temporal').toLowerCase();
    if (!/temp|spatial/.test(type)) section.fail(`${path}.type`, `'${String(own['type'])}' is no kind of tile`, 'Temporal or Spatial');
    const { target: level } = own;
    if (typeof level !== 'string') section.fail(path, 'a tile has no target', 'the name of a memory');
    const spatial = type.includes('spatial');
    return {
      type: 'tile',
      level,
      spatial,
      loops: loops(own, path, spatial),
      bypass: namesIn(own['bypass']) ?? [],
      profile: !isFalse(own['profile']),
      multicast: !isFalse(own['multicast']),
      child: child(),
    };
  }

  /** Outermost first; a permutation is written innermost first. */
  function loops(own: Loose, path: string, spatial: boolean): readonly TileflowLoop[] {
    const factors = factorsOf(own, path);
    const permutation = own['permutation'];
    const order = typeof permutation === 'string' ? [...permutation.replaceAll(/[\s,]/g, '')] : [...factors.keys()].toReversed();
    if (typeof permutation !== 'string' && factors.size > 1)
      unused.push({
        file: section.file,
        ...lineOf(path),
        path,
        reason: 'no permutation: taken as listed, outermost first, in the order that the hash table of the tool gives',
      });
    if (order.length !== factors.size || [...factors.keys()].some((dimension) => !order.includes(dimension)))
      section.fail(path, `permutation '${order.join('')}' and factors ${[...factors.keys()].join('')} do not match`, 'each dimension once in both');
    const split = own['split'] === undefined ? order.length : Number(own['split']);
    if (!Number.isSafeInteger(split) || split < 0)
      section.fail(`${path}.split`, `split is ${JSON.stringify(own['split'])}`, 'how many of the permutation lie along X');
    return order
      .map((dimension, index): TileflowLoop => ({ dimension, size: factors.get(dimension)!, ...(spatial ? { axis: index < split ? 'X' : 'Y' } : {}) }))
      .toReversed();
  }

  function factorsOf(own: Loose, path: string): ReadonlyMap<string, number> {
    const text = own['factors'];
    const at = `${path}.factors`;
    if (typeof text !== 'string') section.fail(path, 'a tile has no factors', 'e.g. M=4 K=16');
    const factors = new Map<string, number>();
    const rest = text
      .replace(/#.*$/s, '')
      .replaceAll(/([A-Za-z])\s*=\s*([0-9A-Za-z_?]+)(?:,([0-9]+))?/g, (whole, dimension: string, size: string, last?: string) => {
        const value = /^\d+$/.test(size) ? Number(size) : macros.get(size);
        if (value === undefined)
          section.fail(
            at,
            `factor ${whole} is open: the tool's mapper looks for it`,
            "a number, a name that 'macro:' or the setting 'macros' gives, or the tool's output beside it",
          );
        if (last !== undefined && Number(last) !== value) section.fail(at, `factor ${whole} ends with a smaller step`, 'factors that divide');
        if (!Number.isSafeInteger(value) || value < 1 || value > 2 ** 31) section.fail(at, `factor ${whole} is out of range`, 'a whole number of 1 or more');
        if (factors.has(dimension)) section.fail(at, `dimension ${dimension} is there twice`, 'each once');
        factors.set(dimension, value);
        return '';
      });
    if (rest.replaceAll(/[\s,]/g, '') !== '') section.fail(at, `'${rest.trim()}' is no factor`, 'e.g. M=4 K=16');
    return factors;
  }

  function lineOf(path: string): { line?: number } {
    const line = section.line(path);
    return line === undefined ? {} : { line };
  }
}

const isFalse = (value: unknown): boolean => value === false || /^(false|no|off)$/i.test(String(value ?? ''));

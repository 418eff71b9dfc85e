import { fanoutOf, type TileflowCase, type TileflowLoop, type TileflowNode, type TileflowScope, type TileflowTile } from './form.js';

/** A node of a tree with what is known of it before anything is counted. Tensors are numbers: places in the problem's list. */
export interface PlacedNode {
  readonly source: TileflowNode;
  readonly parent: PlacedNode | undefined;
  readonly children: PlacedNode[];
  /** Loops that step more than once, outermost first; `stride`: iterations of the dimension inside of one step. */
  readonly loops: readonly PlacedLoop[];
  /** Iterations of each dimension in one visit of the node. */
  readonly extent: readonly number[];
  /** Instances that run copies of this node, and their product of sides. */
  readonly replication: number;
  readonly expansion: number;
  readonly fanout: { readonly x: number; readonly y: number };
  /** Columns and rows of instances that a spatial tile takes, and where it begins. */
  readonly logical: { readonly x: number; readonly y: number };
  offset: { readonly x: number; readonly y: number };
  readonly reads: Set<number>;
  readonly fills: Set<number>;
  readonly updates: Set<number>;
  readonly writebacks: Set<number>;
}

export interface PlacedLoop {
  readonly dimension: number;
  readonly size: number;
  readonly stride: number;
}

/** The tree with a scope below a spatial tile taken out of it: each part of the scope gets the spatial tile for itself. */
export function scopesAboveSpatial(node: TileflowNode): TileflowNode {
  if (node.type === 'op') return node;
  if (node.type === 'scope') return { ...node, children: node.children.map(scopesAboveSpatial) };
  if (!node.spatial || node.child.type !== 'scope') return { ...node, child: scopesAboveSpatial(node.child) };
  const { child, ...tile } = node;
  return { ...child, children: child.children.map((part) => scopesAboveSpatial({ ...tile, child: part })) };
}

/** Places the tree: strides and extents from the inside out, instances and offsets from the outside in. */
export function placeTree({ machine, problem, tree }: TileflowCase): PlacedNode {
  const dimensions = Object.keys(problem.sizes);
  const place = new Map(dimensions.map((name, index) => [name, index]));
  const root = placed(scopesAboveSpatial(tree), undefined, 1);
  return root;

  function placed(source: TileflowNode, parent: PlacedNode | undefined, replication: number): PlacedNode {
    const children: PlacedNode[] = [];
    const tile = source.type === 'tile' ? source : undefined;
    const logical = tile?.spatial === true ? sides(tile.loops) : { x: 1, y: 1 };
    const inner = replication * logical.x * logical.y;
    const sets = { reads: new Set<number>(), fills: new Set<number>(), updates: new Set<number>(), writebacks: new Set<number>() };
    const fanout = tile?.spatial === true ? fanoutOf(machine, tile.level) : { x: 1, y: 1 };
    const node = { source, parent, children, replication, expansion: inner, fanout, logical, offset: { x: 0, y: 0 }, ...sets };
    const found = node as typeof node & { loops: readonly PlacedLoop[]; extent: readonly number[] };
    for (const child of childrenOf(source)) children.push(placed(child, found, inner));
    const { loops, extent } = strides(tile?.loops ?? [], widest(children));
    found.loops = loops;
    found.extent = extent;
    if (source.type === 'scope') offsets(found, source);
    return found;
  }

  /** The extent of a node's children: where they differ in a dimension, one of them does not have it. */
  function widest(children: readonly PlacedNode[]): readonly number[] {
    return dimensions.map((_, dimension) => children.reduce((most, { extent }) => Math.max(most, extent[dimension]!), 1));
  }

  function strides(loops: readonly TileflowLoop[], inside: readonly number[]): Pick<PlacedNode, 'loops' | 'extent'> {
    const extent = [...inside];
    const found: PlacedLoop[] = [];
    for (const { dimension: name, size } of loops.toReversed()) {
      const dimension = place.get(name)!;
      if (size > 1) found.unshift({ dimension, size, stride: extent[dimension]! });
      extent[dimension]! *= size;
    }
    return { loops: found, extent };
  }
}

function childrenOf(node: TileflowNode): readonly TileflowNode[] {
  if (node.type === 'op') return [];
  return node.type === 'tile' ? [node.child] : node.children;
}

const sides = (loops: TileflowTile['loops']): { readonly x: number; readonly y: number } => ({
  x: loops.reduce((all, { axis, size }) => (axis === 'Y' ? all : all * size), 1),
  y: loops.reduce((all, { axis, size }) => (axis === 'Y' ? all * size : all), 1),
});

/**
 * Where parts begin that run side by side. As in the tool, which takes every part before for a single instance: below the first instance where
 * there is room, else in the second column. Parts may so lie on each other; this decides only which of them are neighbours.
 */
function offsets(scope: PlacedNode, { kind }: TileflowScope): void {
  if (kind === 'sequential' || kind === 'sharing') return;
  for (const child of scope.children.slice(1)) child.offset = 1 + child.logical.y <= child.fanout.y ? { x: 0, y: 1 } : { x: 1, y: 0 };
}

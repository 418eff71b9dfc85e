/** One memory of the hierarchy. Rates are words a cycle of one instance; absent: no limit. */
export interface TileflowLevel {
  readonly name: string;
  readonly instances: number;
  readonly meshX: number;
  readonly meshY: number;
  readonly readRate?: number;
  readonly writeRate?: number;
  readonly sharedRate?: number;
  readonly wordBits: number;
  /** Words of one instance. */
  readonly words?: number;
}

/** Memories from the outermost inwards, and the multipliers below them. */
export interface TileflowMachine {
  readonly name: string;
  readonly levels: readonly TileflowLevel[];
  readonly macs: { readonly instances: number; readonly meshX: number; readonly meshY: number };
}

/** Each rank of a tensor is indexed by the sum of some dimensions, e.g. `[['H', 'R'], ['C']]`. */
export interface TileflowTensor {
  readonly name: string;
  readonly ranks: readonly (readonly string[])[];
  /** An operation accumulates into it. */
  readonly readWrite: boolean;
}

export interface TileflowOperation {
  readonly name: string;
  readonly dimensions: readonly string[];
  readonly ins: readonly string[];
  readonly out: string;
}

export interface TileflowProblem {
  /** Iterations of each dimension, in the order of the file. */
  readonly sizes: Readonly<Record<string, number>>;
  readonly tensors: readonly TileflowTensor[];
  readonly operations: readonly TileflowOperation[];
  readonly ins: readonly string[];
  readonly outs: readonly string[];
}

/** A loop of a tile; `axis`: the side of the array that a spatial loop is laid along. */
export interface TileflowLoop {
  readonly dimension: string;
  readonly size: number;
  readonly axis?: 'X' | 'Y';
}

/** Loops at a memory, outermost first: over time, or over the instances below the memory. */
export interface TileflowTile {
  readonly type: 'tile';
  readonly level: string;
  readonly spatial: boolean;
  readonly loops: readonly TileflowLoop[];
  /** Tensors that go past this tile. */
  readonly bypass: readonly string[];
  /** False: its movements are not counted, since a tile above it at the same memory counts them. */
  readonly profile: boolean;
  /** False: a word for several instances is read once for each of them. */
  readonly multicast: boolean;
  readonly child: TileflowNode;
}

export const TILEFLOW_SCOPES = ['sequential', 'sharing', 'pipeline', 'parallel'] as const;
export type TileflowScopeKind = (typeof TILEFLOW_SCOPES)[number];

/** Several parts of a tree under one tile: one after the other (sequential, sharing) or side by side (pipeline, parallel). */
export interface TileflowScope {
  readonly type: 'scope';
  readonly kind: TileflowScopeKind;
  readonly children: readonly TileflowNode[];
}

export interface TileflowLeaf {
  readonly type: 'op';
  readonly name: string;
}

export type TileflowNode = TileflowTile | TileflowScope | TileflowLeaf;

/** Everything that the tool's model takes. */
export interface TileflowCase {
  readonly id: string;
  readonly machine: TileflowMachine;
  readonly problem: TileflowProblem;
  readonly tree: TileflowNode;
}

/** All leaves, from left to right. */
export function leavesOf(node: TileflowNode): readonly TileflowLeaf[] {
  if (node.type === 'op') return [node];
  return node.type === 'tile' ? leavesOf(node.child) : node.children.flatMap(leavesOf);
}

export function levelOf(machine: TileflowMachine, name: string): TileflowLevel {
  return machine.levels.find((level) => level.name === name)!;
}

/** How many instances a level feeds along each side: the mesh below it divided by its own. */
export function fanoutOf(machine: TileflowMachine, name: string): { readonly x: number; readonly y: number } {
  const index = machine.levels.findIndex((level) => level.name === name);
  const level = machine.levels[index]!;
  const below = machine.levels[index + 1] ?? machine.macs;
  return { x: Math.max(1, Math.floor(below.meshX / level.meshX)), y: Math.max(1, Math.floor(below.meshY / level.meshY)) };
}

/** Iterations of an operation. */
export function macsOf({ sizes }: TileflowProblem, { dimensions }: TileflowOperation): number {
  return dimensions.reduce((all, dimension) => all * sizes[dimension]!, 1);
}

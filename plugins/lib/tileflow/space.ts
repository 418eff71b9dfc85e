import type { TileflowProblem, TileflowTensor } from './form.js';

/**
 * What a set of instances holds of one tensor: boxes of one shape, each known by its lowest corner. A corner is one number (`corners`).
 * No shape: nothing of it is held.
 */
export interface HeldTensor {
  readonly shape: readonly number[] | undefined;
  readonly words: number;
  /** Of each instance, in the order of the space's `instances`. */
  readonly corner: Float64Array;
}

/** What the instances of a memory hold, tensor by tensor. */
export interface HeldSpace {
  /** Numbers of the instances. */
  readonly instances: Int32Array;
  readonly tensors: readonly HeldTensor[];
}

export const NOTHING: HeldTensor = { shape: undefined, words: 0, corner: new Float64Array(0) };

/** Lowest corners of one tensor's boxes as numbers, and back. */
export interface Corners {
  readonly tensor: TileflowTensor;
  /** Dimensions that index each rank, by their place. */
  readonly ranks: readonly (readonly number[])[];
  /** What one step along each rank adds. */
  readonly weights: readonly number[];
}

export function cornersOf({ tensors, sizes }: TileflowProblem): readonly Corners[] {
  const dimensions = Object.keys(sizes);
  return tensors.map((tensor) => {
    const ranks = tensor.ranks.map((rank) => rank.map((name) => dimensions.indexOf(name)));
    const reach = tensor.ranks.map((rank) => rank.reduce((all, name) => all + sizes[name]!, 1));
    const weights = reach.map((_, rank) => reach.slice(rank + 1).reduce((all, size) => all * size, 1));
    return { tensor, ranks, weights };
  });
}

export function cornerAt({ ranks, weights }: Corners, point: readonly number[]): number {
  return ranks.reduce((all, rank, index) => all + weights[index]! * rank.reduce((sum, dimension) => sum + point[dimension]!, 0), 0);
}

/** How far a corner moves with one step of a dimension. */
export function cornerStep({ ranks, weights }: Corners, dimension: number): number {
  return ranks.reduce((all, rank, index) => all + (rank.includes(dimension) ? weights[index]! : 0), 0);
}

/** The box that a visit of `extent` iterations from `point` touches. */
export function touched(corners: Corners, point: readonly number[], extent: readonly number[]): HeldTensor {
  const shape = corners.ranks.map((rank) => rank.reduce((sum, dimension) => sum + extent[dimension]! - 1, 1));
  return { shape, words: shape.reduce((all, size) => all * size, 1), corner: Float64Array.of(cornerAt(corners, point)) };
}

/**
 * What of the box `now` is not in the box `before`. As in the tool, the rest must again be a box: where two boxes differ in more than one rank,
 * or one lies inside of the other, nothing counts as kept.
 */
export function missing(corners: Corners, now: HeldTensor, before: HeldTensor): HeldTensor {
  if (now.shape === undefined || before.shape === undefined) return now;
  const [low, held] = [split(corners, now.corner[0]!), split(corners, before.corner[0]!)];
  const high = low.map((at, rank) => at + now.shape![rank]!);
  const heldHigh = held.map((at, rank) => at + before.shape![rank]!);
  if (low.some((at, rank) => heldHigh[rank]! <= at || held[rank]! >= high[rank]!)) return now;
  const differ = low.map((_, rank) => rank).filter((rank) => low[rank] !== held[rank] || high[rank] !== heldHigh[rank]);
  if (differ.length === 0) return NOTHING;
  const [rank] = differ;
  if (differ.length > 1 || rank === undefined) return now;
  if (held[rank]! <= low[rank]!) {
    if (heldHigh[rank]! >= high[rank]!) return NOTHING;
    return cut(rank, heldHigh[rank]!, high[rank]!);
  }
  return heldHigh[rank]! < high[rank]! ? now : cut(rank, low[rank]!, held[rank]!);

  function cut(along: number, from: number, to: number): HeldTensor {
    const shape = now.shape!.map((size, index) => (index === along ? to - from : size));
    const corner = now.corner[0]! + (from - low[along]!) * corners.weights[along]!;
    return { shape, words: shape.reduce((all, size) => all * size, 1), corner: Float64Array.of(corner) };
  }
}

function split({ weights }: Corners, corner: number): readonly number[] {
  let rest = corner;
  return weights.map((weight) => {
    const at = Math.floor(rest / weight);
    rest -= at * weight;
    return at;
  });
}

/** What one instance holds, as a space of its own. */
export function heldBy(space: HeldSpace | undefined, instance: number): HeldSpace | undefined {
  const index = space?.instances.indexOf(instance) ?? -1;
  if (space === undefined || index < 0) return undefined;
  const tensors = space.tensors.map((held) => (held.shape === undefined ? NOTHING : { ...held, corner: Float64Array.of(held.corner[index]!) }));
  return { instances: Int32Array.of(0), tensors };
}

export const sameShape = (one: HeldTensor, other: HeldTensor): boolean =>
  one.shape !== undefined && other.shape !== undefined && one.shape.every((size, rank) => size === other.shape![rank]);

import type { Sizes } from '../../workload/box.js';
import { concerns, groupRanges, type NestOperand, type OperandGroup } from './nest-operand.js';
import { extentsAt, type FlatLoop, type NestSpace } from './space.js';

/**
 * How often the tile of an operand changes while the loops outside of it turn. A tile visited twice in a row is held;
 * each other visit moves it anew. Exact, also for imperfect factors, halos and padding.
 *
 * The steps of a nest are the product of the steps along each loop of the layer, so sums over all steps are products of
 * sums over each group of loops that meet in the operand's dimensions; only those are walked. Time: steps of the largest
 * group, not steps of the nest.
 */
export interface Visits {
  /** Steps whose tile is not empty. */
  readonly steps: number;
  /** Elements of the tiles of all steps. */
  readonly stepElements: number;
  /** Steps that bring another tile than the step before. */
  readonly changes: number;
  readonly changeElements: number;
  /** Elements of the largest tile. */
  readonly largest: number;
}

export interface VisitOptions {
  /** The tile is made by the loops of this level and those inside; the others turn. */
  readonly level: number;
  /** Spatial loops that are not counted, by their level: those irrelevant to the operand from this level on share one visit. */
  readonly sharedFrom?: number;
  /** Only visits with all loops that do not concern the operand at their beginning: the first of each sum. */
  readonly firstOnly?: boolean;
}

export function visitsOf(space: NestSpace, sizes: Sizes, operand: NestOperand, options: VisitOptions): Visits {
  const outer = space.loops.filter((loop) => loop.level < options.level);
  const extents = extentsAt(space, options.level);
  const parts = componentsOf(space, operand).map((component) => walk(space, sizes, operand, component, outer, extents, options));
  const product = (pick: (part: Part) => number): number => parts.reduce((whole, part) => whole * pick(part), 1);
  const [steps, stepElements] = [product((part) => part.steps), product((part) => part.elements)];
  let held = 0;
  let heldElements = 0;
  for (const [index, loop] of outer.entries()) {
    if (loop.spatial) continue;
    held += product((part) => part.held[index]!);
    heldElements += product((part) => part.heldElements[index]!);
  }
  return { steps, stepElements, changes: steps - held, changeElements: stepElements - heldElements, largest: product((part) => part.largest) };
}

/** A group of the operand, or a loop that does not concern it. */
interface Component {
  readonly dims: readonly number[];
  readonly group: OperandGroup | undefined;
}

function componentsOf(space: NestSpace, operand: NestOperand): Component[] {
  const concerned = concerns(operand);
  const groups = operand.groups.map((group): Component => ({ dims: group.loops.map((loop) => space.names.indexOf(loop)), group }));
  const others = space.names.flatMap((name, dim): Component[] => (concerned.has(name) ? [] : [{ dims: [dim], group: undefined }]));
  return [...groups, ...others];
}

/** Sums over the steps of one component; `held[i]`: transitions at loop i of the nest after which its ranges are the same. */
interface Part {
  steps: number;
  elements: number;
  largest: number;
  readonly held: number[];
  readonly heldElements: number[];
}

interface Span {
  readonly volume: number;
  readonly ranges: readonly number[];
}

function walk(
  space: NestSpace,
  sizes: Sizes,
  operand: NestOperand,
  { dims, group }: Component,
  outer: readonly FlatLoop[],
  extents: readonly number[],
  { sharedFrom = Infinity, firstOnly = false }: VisitOptions,
): Part {
  const part: Part = { steps: 0, elements: 0, largest: 0, held: outer.map(() => 0), heldElements: outer.map(() => 0) };
  const isPinned = (loop: FlatLoop): boolean => group === undefined && (loop.spatial ? loop.level >= sharedFrom : firstOnly);
  const at = space.low.slice();
  const spanAt = (): Span => (group === undefined ? ANYTHING : spanOf(space, sizes, operand, group, dims, at, extents));
  const inside = (): boolean => dims.every((dim) => at[dim]! < space.high[dim]!);
  const note = (index: number, before: Span, after: Span): void => {
    if (before.volume === 0 || !sameRanges(before, after)) return;
    part.held[index]!++;
    part.heldElements[index]! += after.volume;
  };

  /** Walks the component's temporal loops from `index` on, in order; the first and the last range that it met. */
  const temporal = (index: number): readonly [Span, Span] => {
    const loop = outer[index];
    if (loop === undefined) {
      const span = spanAt();
      part.steps += span.volume > 0 ? 1 : 0;
      part.elements += span.volume;
      part.largest = Math.max(part.largest, span.volume);
      return [span, span];
    }
    if (loop.spatial) return temporal(index + 1);
    if (!dims.includes(loop.dim)) {
      // A loop of another component turns here: the loops inside begin again.
      const ends = temporal(index + 1);
      note(index, ends[1], ends[0]);
      return ends;
    }
    let first: Span | undefined;
    let last: Span | undefined;
    const start = at[loop.dim]!;
    for (let step = 0; step < (isPinned(loop) ? 1 : loop.size) && inside(); step++) {
      const ends = temporal(index + 1);
      if (last !== undefined) note(index, last, ends[0]);
      first ??= ends[0];
      last = ends[1];
      at[loop.dim]! += loop.stride;
    }
    at[loop.dim] = start;
    return [first as Span, last as Span];
  };

  /** Every position of the spatial loops has a walk of its own. */
  const spatial = (index: number): void => {
    if (!inside()) return;
    const loop = outer[index];
    if (loop === undefined) return void temporal(0);
    if (!loop.spatial || !dims.includes(loop.dim) || isPinned(loop)) return spatial(index + 1);
    const start = at[loop.dim]!;
    for (let position = 0; position < loop.size; position++) {
      at[loop.dim] = start + position * loop.stride;
      spatial(index + 1);
    }
    at[loop.dim] = start;
  };
  spatial(0);
  return part;
}

const ANYTHING: Span = { volume: 1, ranges: [] };

function sameRanges({ ranges: a }: Span, { ranges: b }: Span): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function spanOf(
  space: NestSpace,
  sizes: Sizes,
  operand: NestOperand,
  group: OperandGroup,
  dims: readonly number[],
  at: readonly number[],
  extents: readonly number[],
): Span {
  const low = dims.map((dim) => at[dim]!);
  const high = dims.map((dim) => Math.min(space.high[dim]!, at[dim]! + extents[dim]!));
  const ranges = groupRanges(operand, group, sizes, low, high);
  let volume = 1;
  for (let i = 0; i < ranges.length; i += 2) volume *= Math.max(0, ranges[i + 1]! - ranges[i]!);
  return { volume, ranges };
}

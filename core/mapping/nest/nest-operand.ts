import { wholeBox, type Box, type Interval, type Sizes } from '../../workload/box.js';
import type { Layer, Operand, Workload } from '../../workload/layer.js';
import type { IndexExpression, IndexTerm } from '../../workload/region-map.js';
import { averageBits, formatsOf } from '../../workload/number-format.js';
import { tensorOf } from '../../workload/operands.js';
import { loopRelevance } from '../relevance.js';
import { operandBox } from '../operand-access.js';

/** Loops and tensor dimensions that belong together: the dimensions' ranges follow from these loops and from no others. */
export interface OperandGroup {
  readonly loops: readonly string[];
  readonly dims: readonly string[];
  /**
   * The dimensions' ranges, low and high in turn and clipped, for ranges of the loops in their order. When absent they are
   * taken from the operand's region, which is slower.
   */
  ranges?(low: readonly number[], high: readonly number[]): number[];
}

/** An operand as a nest sees it. A mapper that looks through views or folds layers makes its own. */
export interface NestOperand {
  readonly name: string;
  readonly tensor: string;
  readonly role: 'weight' | 'activation' | 'output';
  /** Bits of one element in memory. */
  readonly storedBits: number;
  /** Region of the tensor that a tile of the layer's loops (not empty itself) touches; may be empty. */
  region(tile: Box): Box;
  /** Disjoint; loops in none of them do not concern the operand. One group with all is always right, several are faster. */
  readonly groups: readonly OperandGroup[];
}

/** The operands of a layer by their index maps. */
export function nestOperands(workload: Workload, layer: Layer): NestOperand[] {
  const formats = formatsOf(workload);
  return layer.operands.map((operand) => {
    const { dims } = tensorOf(workload, operand);
    const groups = groupsOf(layer, operand, dims);
    return {
      name: operand.name,
      tensor: operand.tensor,
      role: operand.role,
      storedBits: averageBits(formats.get(operand.format)),
      region: regionOf(groups, layer.loops, dims) ?? ((tile) => operandBox(workload, layer, operand, tile)),
      groups,
    };
  });
}

/** A region put together from the ranges of the groups; undefined when one of them has no arithmetic of its own. */
function regionOf(groups: readonly OperandGroup[], sizes: Sizes, dims: Sizes): NestOperand['region'] | undefined {
  if (groups.some(({ ranges }) => ranges === undefined)) return undefined;
  const order = Object.keys(dims).map((dim) => {
    const group = groups.findIndex((candidate) => candidate.dims.includes(dim));
    return { dim, group, at: 2 * groups[group]!.dims.indexOf(dim) };
  });
  return (tile) => {
    const ranges = groups.map(({ loops, ranges: of }) =>
      of!(
        loops.map((loop) => tile[loop]?.[0] ?? 0),
        loops.map((loop) => tile[loop]?.[1] ?? sizes[loop]!),
      ),
    );
    const region: Record<string, Interval> = {};
    for (const { dim, group, at } of order) region[dim] = [ranges[group]![at]!, ranges[group]![at + 1]!];
    return region;
  };
}

function groupsOf(layer: Layer, operand: Operand, dims: Sizes): OperandGroup[] {
  const { map } = operand;
  if (map.kind === 'reshape') {
    const relevant = Object.keys(layer.loops).filter((loop) => loopRelevance(layer, operand, loop) !== 'irrelevant');
    return [{ loops: relevant, dims: Object.keys(dims) }];
  }
  let groups: OperandGroup[] = [];
  for (const dim of Object.keys(dims)) {
    const used = map.expressions.filter((expression) => expression.dim === dim).flatMap(({ terms }) => terms.map(({ loop }) => loop));
    const loops = [...new Set(used)].filter((loop) => loop in layer.loops);
    const sharing = groups.filter((group) => group.loops.some((loop) => loops.includes(loop)));
    const joined = {
      loops: [...new Set([...sharing.flatMap((group) => group.loops), ...loops])],
      dims: [...sharing.flatMap((group) => group.dims), dim],
    };
    groups = [...groups.filter((group) => !sharing.includes(group)), joined];
  }
  return groups.map(({ loops, dims: own }) => ({ loops, dims: own, ranges: compileRanges(map.expressions, loops, own, dims)! }));
}

/** Loops that concern the operand. */
export function concerns(operand: NestOperand): ReadonlySet<string> {
  return new Set(operand.groups.flatMap(({ loops }) => loops));
}

/** Ranges of a group's dimensions by the operand's region; other loops stand at their first values. */
export function groupRanges(operand: NestOperand, group: OperandGroup, sizes: Sizes, low: readonly number[], high: readonly number[]): number[] {
  if (group.ranges !== undefined) return group.ranges(low, high);
  const tile: Record<string, readonly [number, number]> = { ...wholeBox(sizes) };
  for (const [i, loop] of group.loops.entries()) tile[loop] = [low[i]!, high[i]!];
  const region = operand.region(tile);
  return group.dims.flatMap((dim) => region[dim]!);
}

/** The ranges of an index map's group as arithmetic on numbers; as `mapForward`. */
function compileRanges(expressions: readonly IndexExpression[], loops: readonly string[], dims: readonly string[], sizes: Sizes): OperandGroup['ranges'] {
  const compiled = dims.map((dim) => {
    const expression = expressions.findLast((candidate) => candidate.dim === dim);
    const terms = (expression?.terms ?? []).map((term) => ({ term, at: loops.indexOf(term.loop) }));
    return { size: sizes[dim]!, expression, terms };
  });
  return (low, high) => {
    const ranges: number[] = [];
    for (const { size, expression, terms } of compiled) {
      let from = expression === undefined ? 0 : (expression.offset ?? 0);
      let last = from;
      for (const { term, at } of terms) {
        const first = valueOf(term, at < 0 ? 0 : low[at]!);
        const end = valueOf(term, at < 0 ? 0 : high[at]! - 1);
        from += Math.min(first, end);
        last += Math.max(first, end);
      }
      const to = expression === undefined ? size : last + (expression.window ?? 1);
      const clipped = Math.min(Math.max(from, 0), size);
      ranges.push(clipped, Math.max(clipped, Math.min(to, size)));
    }
    return ranges;
  };
}

function valueOf({ coefficient, shift = 0, divisor = 1 }: IndexTerm, at: number): number {
  const value = coefficient * at + shift;
  return divisor === 1 ? value : Math.floor(value / divisor);
}

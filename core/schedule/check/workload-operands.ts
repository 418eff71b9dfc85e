import type { Box, Sizes } from '../../workload/box.js';
import type { Layer, Operand, Workload } from '../../workload/layer.js';
import { mapTile } from '../../workload/operand-map.js';
import type { ScheduleHeader, ScheduleLayer, ScheduleOperand, ScheduleTensor } from '../form/form.js';
import type { FoldedTensor } from './folded.js';
import type { TensorOfOperand } from './tensor-of-operand.js';

type Tell = (layer: string, message: string, expected: string) => void;

/** Loops of the workload by those of the schedule; names mean nothing. */
type Renaming = ReadonlyMap<string, string>;

/** An operand in both, and its tensors. */
interface Pair {
  readonly mine: ScheduleOperand;
  readonly theirs: Operand;
  readonly dims: Sizes;
  /** Of the workload's tensor, in the order of the schedule's dimensions. */
  readonly theirDims: readonly string[];
}

/** Holds the formats of tensors, and the maps that layers state, against those of the workload. */
export function compareOperands(workload: Workload, header: ScheduleHeader, tensorOf: TensorOfOperand, folded: FoldedTensor, tell: Tell): void {
  for (const known of workload.layers) {
    const layer = own(header.layers ?? {}, known.name);
    if (layer === undefined) continue;
    compareFormats(known, workload, header, tensorOf, folded, tell);
    compareMaps(known, layer, workload, header, folded, tell);
  }
}

function compareFormats(
  { name, operands }: Layer,
  workload: Workload,
  { tensors, layers }: ScheduleHeader,
  tensorOf: TensorOfOperand,
  folded: FoldedTensor,
  tell: Tell,
): void {
  for (const operand of operands) {
    const tensor = tensorOf(name, operand.name);
    const mine = tensor === undefined ? undefined : own(tensors, tensor);
    const stated = layers?.[name]?.operands?.[operand.name];
    if (mine === undefined || stated?.map.kind === 'chain') continue;
    const format = own(workload.tensors, operand.role === 'output' ? folded(operand.tensor, tensor!) : operand.tensor)?.format ?? operand.format;
    if (mine.format !== format)
      tell(name, `operand ${operand.name} of layer '${name}' is tensor '${tensor}' of format ${mine.format}, in the workload ${format}`, format);
    const [sum, theirs] = [stated?.partialFormat, operand.partialFormat];
    if (sum !== undefined && theirs !== undefined && sum !== theirs)
      tell(name, `operand ${operand.name} of layer '${name}' adds in format ${sum}, in the workload in ${theirs}`, theirs);
  }
}

/** Legal is what one renaming of the loops makes equal. */
function compareMaps(
  known: Layer,
  { loops, operands = {} }: ScheduleLayer,
  workload: Workload,
  { tensors }: ScheduleHeader,
  folded: FoldedTensor,
  tell: Tell,
): void {
  const stated = Object.values(operands);
  // A layer that others were folded into has operands of theirs.
  if (stated.length === 0 || stated.some(({ map }) => map.kind === 'chain')) return;
  for (const { name, role } of known.operands)
    if (role !== 'output' && !Object.hasOwn(operands, name))
      tell(known.name, `layer '${known.name}' states no operand ${name}, which it has in the workload`, `operand ${name}`);
  const isFolded = ({ name, tensor, role }: Operand): boolean => role === 'output' && folded(tensor, own(operands, name)?.tensor ?? tensor) !== tensor;
  const pairs = known.operands.flatMap((theirs) => (isFolded(theirs) ? [] : (pairOf(theirs, own(operands, theirs.name), tensors, workload) ?? [])));
  let first: Pair | undefined;
  for (const renaming of renamings(loops, known.loops)) {
    const odd = pairs.find((pair) => !isSameMap(pair, loops, known.loops, renaming));
    if (odd === undefined) return;
    first ??= odd;
  }
  if (first === undefined) return;
  const { name } = first.theirs;
  tell(known.name, `operand ${name} of layer '${known.name}' has a map that the workload does not give it`, `the map of operand ${name} in the workload`);
}

/** Undefined where the tensors have other dimensions: then their elements have no common names. */
function pairOf(theirs: Operand, mine: ScheduleOperand | undefined, tensors: Readonly<Record<string, ScheduleTensor>>, workload: Workload): Pair | undefined {
  const dims = mine === undefined ? undefined : own(tensors, mine.tensor)?.dims;
  const other = own(workload.tensors, theirs.tensor)?.dims;
  if (mine === undefined || dims === undefined || other === undefined) return undefined;
  const names = Object.keys(dims);
  if (names.length !== Object.keys(other).length) return undefined;
  if (names.every((name) => own(other, name) === dims[name])) return { mine, theirs, dims, theirDims: names };
  return Object.values(dims).join() === Object.values(other).join() ? { mine, theirs, dims, theirDims: Object.keys(other) } : undefined;
}

const MOST_RENAMINGS = 5040;

/** Every way in which loops of one size may be one another, the one by names first. Empty where sizes differ: that is reported. */
function renamings(mine: Sizes, theirs: Sizes): Renaming[] {
  const names = Object.keys(mine).filter((loop) => mine[loop]! > 1);
  const open = Object.keys(theirs).filter((loop) => theirs[loop]! > 1);
  const found: Renaming[] = [];
  const choose = (at: number, taken: Map<string, string>): void => {
    if (found.length >= MOST_RENAMINGS) return;
    const name = names[at];
    if (name === undefined) {
      if (taken.size === open.length) found.push(new Map(taken));
      return;
    }
    const fitting = open.filter((loop) => theirs[loop] === mine[name] && ![...taken.values()].includes(loop));
    for (const loop of fitting.sort((a, b) => Number(b === name) - Number(a === name))) {
      taken.set(name, loop);
      choose(at + 1, taken);
      taken.delete(name);
    }
  };
  choose(0, new Map());
  return found;
}

/** Whether both maps lead to the same elements, from tiles that move every loop. */
function isSameMap({ mine, theirs, dims, theirDims }: Pair, loops: Sizes, theirLoops: Sizes, renaming: Renaming): boolean {
  const names = Object.keys(dims);
  const theirSizes = Object.fromEntries(theirDims.map((dim, d) => [dim, dims[names[d]!]!]));
  return sampleTiles(loops).every((tile) => {
    const other: Record<string, readonly [number, number]> = Object.fromEntries(Object.keys(theirLoops).map((loop) => [loop, [0, 1] as const]));
    for (const [loop, known] of renaming) other[known] = tile[loop]!;
    const [a, b] = [mapTile(mine.map, tile, dims), mapTile(theirs.map, other, theirSizes)];
    return names.every((name, d) => a[name]![0] === b[theirDims[d]!]![0] && a[name]![1] === b[theirDims[d]!]![1]) || (isEmpty(a) && isEmpty(b));
  });
}

function isEmpty(box: Box): boolean {
  return Object.values(box).some(([low, high]) => low >= high);
}

/** Single points along every loop from two corners, and the whole. */
function sampleTiles(loops: Sizes): Box[] {
  const names = Object.keys(loops);
  const tiles: Box[] = [Object.fromEntries(names.map((name) => [name, [0, loops[name]!] as const]))];
  for (const corner of [0, 1])
    for (const moved of names)
      for (const step of stepsOf(loops[moved]!))
        tiles.push(
          Object.fromEntries(
            names.map((name) => {
              const at = name === moved ? step : corner * (loops[name]! - 1);
              return [name, [at, at + 1] as const];
            }),
          ),
        );
  return tiles;
}

function stepsOf(size: number): number[] {
  const steps = [0, 1, 2, 3, Math.floor(size / 3), Math.floor(size / 2), size - 2, size - 1];
  return [...new Set(steps.filter((step) => step >= 0 && step < size))];
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

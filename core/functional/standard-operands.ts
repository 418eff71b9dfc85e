import type { Schedule, ScheduleHeader, ScheduleLayer, ScheduleOperand, ScheduleOperation, ScheduleTensor } from '../schedule/form/form.js';
import type { Meanings } from './operators.js';
import { isMatrixOperator, standardLoopClass, type LoopClass } from '../workload/loop-class.js';
import type { Workload } from '../workload/layer.js';

type Operands = Readonly<Record<string, ScheduleOperand>>;

/**
 * The operands of a schedule's layers. Those that the schedule does not state are those of the workload's layer of the same name, over the
 * same tensors; else they are found by their sizes: of a matrix product, or an operator that treats each element alone, over tensors that
 * operations name and that fit. A layer whose operands cannot be told is left out.
 */
export function operandsOfLayers(schedule: Schedule, workload: Workload | undefined, meanings: Meanings): ReadonlyMap<string, Operands> {
  const found = new Map<string, Operands>();
  const silent: [string, ScheduleLayer][] = [];
  for (const [name, layer] of Object.entries(schedule.layers ?? {})) {
    const operands = Object.keys(layer.operands ?? {}).length > 0 ? layer.operands : fromWorkload(name, schedule, workload);
    if (operands === undefined) silent.push([name, layer]);
    else found.set(name, operands);
  }
  if (silent.length === 0) return found;
  const named = namedTensors(schedule);
  for (const [name, layer] of silent) {
    const { semantics, isFingerprint } = meanings.of(layer.operator);
    if (semantics.needsMaps === true || isFingerprint) continue;
    const operands = bySizes(layer, schedule, named.get(name) ?? new Map());
    if (operands !== undefined) found.set(name, operands);
  }
  return found;
}

function fromWorkload(name: string, { tensors, layers }: ScheduleHeader, workload: Workload | undefined): Operands | undefined {
  const layer = workload?.layers.find((candidate) => candidate.name === name);
  if (layer === undefined || layer.operands.some(({ tensor }) => !Object.hasOwn(tensors, tensor))) return undefined;
  if (Object.keys(layer.loops).some((loop) => layers?.[name]?.loops[loop] !== layer.loops[loop])) return undefined;
  return Object.fromEntries(
    layer.operands.map(({ name: operand, tensor, role, map, partialFormat }) => [
      operand,
      { tensor, role, map, ...(partialFormat === undefined ? {} : { partialFormat }) },
    ]),
  );
}

/** Tensors that operations of each layer name as an operand, in the order in which they do. */
function namedTensors({ operations }: Schedule): Map<string, Map<string, string[]>> {
  const layers = new Map<string, Map<string, string[]>>();
  const held = new Map<string, string>();
  for (const operation of operations) {
    if (operation.layer !== undefined && (operation.kind === 'compute' || operation.kind === 'pim')) noteOperands(operation, held, layers);
    for (const { buffer, tensor } of operation.writes ?? []) {
      const name = tensor ?? operation.reads?.[0]?.tensor ?? held.get(operation.reads?.[0]?.buffer ?? '');
      if (buffer !== undefined && name !== undefined) held.set(buffer, name);
    }
  }
  return layers;
}

function noteOperands(operation: ScheduleOperation, held: ReadonlyMap<string, string>, layers: Map<string, Map<string, string[]>>): void {
  const operands = layers.get(operation.layer!) ?? new Map<string, string[]>();
  layers.set(operation.layer!, operands);
  for (const [place, accesses] of [['I', operation.reads ?? []] as const, ['O', operation.writes ?? []] as const]) {
    for (const { operand = place, tensor, buffer } of accesses) {
      const name = tensor ?? held.get(buffer ?? '');
      const list = operands.get(operand) ?? [];
      if (name !== undefined && !list.includes(name)) operands.set(operand, [...list, name]);
    }
  }
}

/** Which loops an operand of a matrix product knows, in the order in which its dimensions usually are. */
const KNOWN: Readonly<Record<'I' | 'W' | 'O', readonly LoopClass[]>> = {
  I: ['group', 'row', 'reduction'],
  W: ['group', 'column', 'reduction'],
  O: ['group', 'row', 'column'],
};

function bySizes(layer: ScheduleLayer, header: ScheduleHeader, named: ReadonlyMap<string, readonly string[]>): Operands | undefined {
  const loops = Object.keys(layer.loops);
  const isMatrix = isMatrixOperator(layer.operator);
  const isBatched = named.has('I2') && !named.has('W');
  const classOf = (loop: string): LoopClass | undefined => layer.loopClasses?.[loop] ?? standardLoopClass(loop, isBatched);
  const loopsOf = (operand: string): readonly string[] => {
    if (!isMatrix) return loops;
    const classes = KNOWN[operand === 'I' || operand === 'O' ? operand : 'W'];
    return classes.flatMap((name) => loops.filter((loop) => classOf(loop) === name));
  };
  const wanted = isMatrix ? ['I', isBatched ? 'I2' : 'W', 'O'] : [...named.keys()];
  if (!isMatrix && !(named.has('I') && named.has('O'))) return undefined;
  const operands = wanted.map((operand) => [operand, fitting(operand, loopsOf(operand), layer, header, named.get(operand) ?? [])] as const);
  if (operands.some(([, form]) => form === undefined)) return undefined;
  return Object.fromEntries(operands) as Operands;
}

/** The tensor that operations name, when it fits; else the only other one that does. */
function fitting(
  operand: string,
  loops: readonly string[],
  layer: ScheduleLayer,
  header: ScheduleHeader,
  named: readonly string[],
): ScheduleOperand | undefined {
  const isOutput = operand === 'O';
  const fits = (tensor: string): boolean => indexOf(header.tensors[tensor], loops, layer.loops) !== undefined;
  const others = Object.keys(header.tensors).filter((tensor) => (!isOutput || isWritten(header.tensors[tensor]!)) && fits(tensor));
  const tensor = named.find(fits) ?? (others.length === 1 ? others[0] : undefined);
  const expressions = tensor === undefined ? undefined : indexOf(header.tensors[tensor], loops, layer.loops);
  if (tensor === undefined || expressions === undefined) return undefined;
  const role = isOutput ? 'output' : operand.startsWith('W') ? 'weight' : 'activation';
  return { tensor, role, map: { kind: 'index', expressions } };
}

function isWritten({ role }: ScheduleTensor): boolean {
  return role === 'output' || role === 'intermediate';
}

/** A loop of the same size for every dimension, every loop larger than 1 once. */
function indexOf(tensor: ScheduleTensor | undefined, loops: readonly string[], sizes: Readonly<Record<string, number>>) {
  if (tensor === undefined) return undefined;
  let left = loops.filter((loop) => sizes[loop]! > 1);
  const expressions = [];
  for (const [dim, size] of Object.entries(tensor.dims)) {
    const loop = size === 1 ? undefined : left.find((candidate) => sizes[candidate] === size);
    if (size > 1 && loop === undefined) return undefined;
    left = left.filter((candidate) => candidate !== loop);
    expressions.push({ dim, terms: loop === undefined ? [] : [{ loop, coefficient: 1 }] });
  }
  return left.length === 0 ? expressions : undefined;
}

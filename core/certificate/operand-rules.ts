import type { ScheduleHeader, ScheduleLayer, ScheduleOperation } from '../schedule/form/form.js';
import type { Box } from '../workload/box.js';
import { isMatrixOperator } from '../workload/loop-class.js';
import { operatorName } from '../workload/operator-name.js';
import { Grid, isInside, isSame, shared, volume, type Range } from './grid.js';
import { classOf, hasShape, inferredMap, isSameShape, operandsOf, regionOf, standardLoops, type Operand } from './operands.js';
import { fewestOperands } from './operators.js';
import type { Place } from './place.js';

/** A read or a write: its tensor, where it lies, its box, and the operand that it says it is. */
export interface Access {
  readonly operand: string | undefined;
  readonly tensor: string;
  readonly place: Place;
  readonly range: Range;
  /** A write to what is there. */
  readonly adds?: boolean;
}

/** Holds what tiles read and write against the maps of their layers. */
export class OperandRules {
  private readonly stated = new Map<ScheduleLayer, readonly Operand[]>();
  /** Of layers without maps: the tensor of each operand, as the first tile has it. */
  private readonly shown = new Map<ScheduleLayer, Map<string, string>>();
  /** Of layers without maps that have tiles: operands whose place in their tensors nothing says. */
  readonly open = new Map<ScheduleLayer, Set<string>>();

  constructor(
    private readonly header: ScheduleHeader,
    private readonly fault: (message: string) => void,
  ) {}

  check(form: ScheduleOperation, layer: ScheduleLayer, tile: Box, reads: readonly Access[], writes: readonly Access[]): void {
    if (form.operator !== undefined && operatorName(form.operator) !== operatorName(layer.operator))
      this.fault(`has operator '${form.operator}', its layer '${layer.operator}'`);
    let operands = this.stated.get(layer);
    if (operands === undefined) this.stated.set(layer, (operands = operandsOf(layer)));
    if (operands.length > 0) this.checkStated(operands, tile, reads, writes);
    else this.checkStandard(layer, tile, reads, writes);
  }

  private checkStated(operands: readonly Operand[], tile: Box, reads: readonly Access[], writes: readonly Access[]): void {
    for (const operand of operands) if (operand.role !== 'output') this.checkRead(operand, this.regionOf(operand, tile), reads);
    const outputs = operands.filter(({ role }) => role === 'output');
    const of = (operand: Operand): Access[] => writes.filter((access) => access.tensor === operand.tensor && is(access, operand));
    for (const output of outputs) if (of(output).length > 0) this.checkWrites(output.tensor, this.regionOf(output, tile), of(output));
    if (outputs.length > 0 && writes.length === 0) this.fault('writes nothing of what its layer makes');
    if (writes.some((access) => !outputs.some((output) => of(output).includes(access)))) this.fault('writes what its layer does not make');
    const odd = reads.find(({ operand }) => operand !== undefined && !operands.some(({ name }) => name === operand));
    if (odd !== undefined) this.fault(`reads operand '${odd.operand ?? ''}', which its layer does not have`);
  }

  private checkRead(operand: Operand, needed: Range, reads: readonly Access[]): void {
    if (volume(needed) === 0) return;
    const mine = reads.filter((access) => is(access, operand) && access.tensor === operand.tensor);
    if (mine.length > 0 && (operand.indirect || isCovered(needed, mine))) return;
    this.fault(mine.length === 0 ? `does not read operand ${operand.name} of tensor '${operand.tensor}'` : `reads too little of operand ${operand.name}`);
  }

  private checkWrites(tensor: string, made: Range, writes: readonly Access[]): void {
    if (writes.some(({ range }) => !isInside(range, made))) this.fault(`writes more of '${tensor}' than its tile makes`);
    else if (volume(made) > 0 && !isCovered(made, writes)) this.fault(`writes less of '${tensor}' than its tile makes`);
  }

  private checkStandard(layer: ScheduleLayer, tile: Box, reads: readonly Access[], writes: readonly Access[]): void {
    const shown = this.shown.get(layer) ?? new Map<string, string>();
    this.shown.set(layer, shown);
    if (!this.open.has(layer)) this.open.set(layer, new Set());
    for (const { operand } of [...reads, ...writes]) if ((operand ?? '') === '') this.open.get(layer)!.add('accesses without operand');
    this.checkCount(layer, reads, writes);
    const isBatched = reads.some(({ operand }) => operand === 'I2') || shown.has('I2');
    for (const access of reads) if (access.operand !== 'O') this.checkShown(layer, tile, shown, access, reads, isBatched, false);
    for (const access of writes) this.checkShown(layer, tile, shown, access, writes, isBatched, true);
    for (const name of ['I', 'W', 'I2', 'O']) {
      const accesses = name === 'O' ? writes : reads;
      if (shown.has(name) && !(name === 'O' && writes.length > 0) && !accesses.some(({ operand }) => operand === name)) this.fault(`has no operand ${name}`);
    }
    const has = (name: string): boolean => reads.some(({ operand }) => operand === name);
    if (isMatrixOperator(layer.operator) && reads.some(({ operand }) => operand !== undefined) && !(has('I') && (has('W') || has('I2'))))
      this.fault('does not read both factors of its product');
  }

  private checkCount({ operator }: ScheduleLayer, reads: readonly Access[], writes: readonly Access[]): void {
    const named = new Set(reads.map(({ operand }) => operand ?? '').filter((name) => name !== ''));
    const nameless = reads.filter(({ operand }) => (operand ?? '') === '').length;
    if (named.size + nameless + (writes.some(({ adds }) => adds) ? 1 : 0) < fewestOperands(operator))
      this.fault(`reads too few operands for operator '${operator}'`);
  }

  private checkShown(
    layer: ScheduleLayer,
    tile: Box,
    shown: Map<string, string>,
    access: Access,
    all: readonly Access[],
    isBatched: boolean,
    isOutput: boolean,
  ): void {
    const name = access.operand ?? '';
    if (name === '') return;
    const first = shown.get(name) ?? access.tensor;
    shown.set(name, first);
    if (first !== access.tensor) {
      this.fault(`has tensor '${access.tensor}' as operand ${name}, other tiles of its layer '${first}'`);
      return;
    }
    const isSumSoFar = name === 'O' && !isOutput;
    const loops = standardLoops(layer, name, isBatched);
    const tensor = this.header.tensors[access.tensor]!;
    const map = loops === undefined ? undefined : inferredMap(layer, loops, tensor, isBatched);
    if (map === undefined && !isSumSoFar) this.open.get(layer)!.add(name);
    if (loops === undefined) return;
    const groups =
      name === 'W' || name === 'I2'
        ? sizeOf(
            tile,
            loops.filter((loop) => classOf(layer, loop, isBatched) === 'group'),
          )
        : 1;
    if (map === undefined) {
      const sizes = loops.map((loop) => tile[loop]![1] - tile[loop]![0]);
      const mayBeMore = isSameShape(
        Object.values(tensor.dims),
        loops.map((loop) => layer.loops[loop]!),
      );
      if (!hasShape(access.range, sizes, isOutput, mayBeMore, groups)) this.fault(`has a box of '${access.tensor}' as operand ${name} that is not its tile's`);
      return;
    }
    const operand: Operand = { name, tensor: access.tensor, role: isOutput ? 'output' : 'activation', indirect: false, map };
    const mine = all.filter(({ operand: other, tensor: of }) => other === name && of === access.tensor);
    if (isOutput) this.checkWrites(access.tensor, this.regionOf(operand, tile), mine);
    else this.checkRead(operand, this.regionOf(operand, tile), mine);
  }

  private regionOf({ map, tensor }: Operand, tile: Box): Range {
    return regionOf(map, tile, this.header.tensors[tensor]!);
  }
}

/** By the name that the access gives, else by its tensor. */
function is(access: Access, { name, tensor }: Operand): boolean {
  return access.operand === undefined || access.operand === '' ? access.tensor === tensor : access.operand === name;
}

function isCovered(needed: Range, accesses: readonly Access[]): boolean {
  if (accesses.some(({ range }) => isInside(needed, range) || isSame(needed, range))) return true;
  const there = new Grid(needed);
  for (const { range } of accesses) {
    const both = shared(needed, range);
    if (both !== undefined) there.set(both, 1);
  }
  return there.present === volume(needed);
}

function sizeOf(tile: Box, loops: readonly string[]): number {
  return loops.reduce((product, loop) => product * (tile[loop]![1] - tile[loop]![0]), 1);
}

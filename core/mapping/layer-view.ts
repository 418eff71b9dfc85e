import { InputError } from '../errors.js';
import type { ScheduleLayer, ScheduleOperand, ScheduleTensor } from '../schedule/form/form.js';
import { isMatrixOperator, LOOP_CLASSES, STANDARD_LOOPS, standardLoopClass, type LoopClass } from '../workload/loop-class.js';
import { operatorName } from '../workload/operator-name.js';
import { smallInteger } from '../workload/small-integer.js';
import { loopClassesOf } from './loop-classes.js';
import { OperandView, type Bounds } from './operand-view.js';

/**
 * A layer as hardware sees it: its loops by number, what each is for, and where its operands lie. Compiled once, so that nothing asks
 * for the name of a loop while a schedule runs.
 */
export class LayerView {
  readonly loops: readonly string[];
  readonly whole: Bounds;
  /** One form for every spelling of the operator: see `operatorName`. */
  readonly operatorName: string;
  readonly isMatrixProduct: boolean;
  private readonly plain: Uint8Array;
  private readonly batched: Uint8Array;

  /** @param index number among the layers of the schedule, for tables of whoever executes them */
  constructor(
    readonly index: number,
    readonly name: string,
    readonly operator: string,
    loops: Readonly<Record<string, number>>,
    readonly operands: readonly OperandView[],
    classes: { readonly plain: readonly LoopClass[]; readonly batched: readonly LoopClass[] },
  ) {
    this.loops = Object.keys(loops);
    this.whole = { low: this.loops.map(() => 0), high: Object.values(loops).map(smallInteger) };
    this.operatorName = operatorName(operator);
    this.isMatrixProduct = isMatrixOperator(operator);
    this.plain = numbered(classes.plain);
    this.batched = numbered(classes.batched);
  }

  /** What each loop is for: places in `LOOP_CLASSES`. */
  classes(isBatched: boolean): Uint8Array {
    return isBatched ? this.batched : this.plain;
  }

  operand(name: string): OperandView | undefined {
    return this.operands.find((operand) => operand.name === name);
  }
}

/** Whether the steps of a loop are summed, by its class alone. */
export function isReductionClass(layer: LayerView, loop: number): boolean {
  return layer.isMatrixProduct && LOOP_CLASSES[layer.classes(false)[loop]!] === 'reduction';
}

function numbered(classes: readonly LoopClass[]): Uint8Array {
  return Uint8Array.from(classes, (name) => LOOP_CLASSES.indexOf(name));
}

/** Compiles a layer of a schedule. InputError, with its path, for operands and loops that do not fit. */
export function layerViewOf(index: number, name: string, layer: ScheduleLayer, tensors: Readonly<Record<string, ScheduleTensor>>): LayerView {
  const where = `layers.${name}`;
  const loops = Object.keys(layer.loops);
  const operands = Object.entries(layer.operands ?? {}).map(([operand, form]) => operandView(operand, form, loops, tensors, `${where}.operands.${operand}`));
  return new LayerView(index, name, layer.operator, layer.loops, operands, classesOf(layer, tensors, where));
}

function operandView(
  name: string,
  form: ScheduleOperand,
  loops: readonly string[],
  tensors: Readonly<Record<string, ScheduleTensor>>,
  where: string,
): OperandView {
  const tensor = Object.hasOwn(tensors, form.tensor) ? tensors[form.tensor] : undefined;
  if (tensor === undefined) {
    throw new InputError({
      path: `${where}.tensor`,
      message: `no tensor '${form.tensor}' in the schedule`,
      expected: 'a declared tensor',
    });
  }
  checkMap(form, loops, Object.keys(tensor.dims), `${where}.map`);
  return new OperandView(name, form.tensor, form.role, form.map, loops, tensor.dims, form.indirect === true, form.partialFormat);
}

/** The loops that a map speaks of must be the layer's, its dimensions the tensor's. */
function checkMap({ map }: ScheduleOperand, loops: readonly string[], dims: readonly string[], where: string): void {
  const first = map.kind === 'chain' ? map.steps[0]?.map : map;
  const last = map.kind === 'chain' ? map.steps.at(-1) : { map, direction: 'forward' as const };
  if (first?.kind === 'index' && (map.kind !== 'chain' || map.steps[0]?.direction === 'forward')) {
    for (const { terms } of first.expressions) for (const { loop } of terms) requireName(loop, loops, 'loop', where);
  }
  if (last?.map.kind === 'index' && last.direction === 'forward') for (const { dim } of last.map.expressions) requireName(dim, dims, 'dimension', where);
}

function requireName(name: string, known: readonly string[], what: string, path: string): void {
  if (known.includes(name)) return;
  throw new InputError({ path, message: `there is no ${what} '${name}'`, expected: known.join(', ') });
}

function classesOf(layer: ScheduleLayer, tensors: Readonly<Record<string, ScheduleTensor>>, where: string): LayerClasses {
  const loops = Object.keys(layer.loops);
  for (const loop of Object.keys(layer.loopClasses ?? {})) requireName(loop, loops, 'loop', `${where}.loopClasses`);
  if (layer.operands !== undefined && Object.keys(layer.operands).length > 0) {
    requireFactors(layer, `${where}.operands`);
    const operands = Object.entries(layer.operands).map(([name, operand]) => ({ ...operand, name }));
    const plain = loopClassesOf(layer.loops, operands, (operand) => tensors[layer.operands![operand.name]!.tensor]!.dims);
    return { plain, batched: plain };
  }
  return standardClasses(layer.operator, loops, layer.loopClasses, (loop) => `${where}.loops.${loop}`);
}

/** Of a matrix product all three matrices are stated, or none: what a loop is for follows from all of them. */
function requireFactors({ operator, operands = {} }: ScheduleLayer, path: string): void {
  if (!isMatrixOperator(operator)) return;
  const roles = Object.values(operands).map(({ role }) => role);
  const outputs = roles.filter((role) => role === 'output').length;
  if (outputs > 0 && roles.length - outputs > 1) return;
  throw new InputError({
    path,
    message: `operator '${operator}' is a product of two operands, and these are ${Object.keys(operands).join(', ')}`,
    expected: 'two factors (I and W, or I and I2) and an output (O); or no operands, for the standard map',
  });
}

export interface LayerClasses {
  readonly plain: readonly LoopClass[];
  readonly batched: readonly LoopClass[];
}

/** The standard map of an operator. Loops of what is no matrix product have no class: only their points count. */
export function standardClasses(
  operator: string,
  loops: readonly string[],
  stated: Readonly<Record<string, LoopClass>> = {},
  where: (loop: string) => string,
): LayerClasses {
  const isMatrix = isMatrixOperator(operator);
  const classOf = (loop: string, isBatched: boolean): LoopClass => {
    const known = Object.hasOwn(stated, loop) ? stated[loop] : standardLoopClass(loop, isBatched);
    if (known !== undefined || !isMatrix) return known ?? 'row';
    throw new InputError({
      path: where(loop),
      message: `operator '${operator}' has no loop '${loop}'`,
      expected: `${STANDARD_LOOPS.join(', ')}; or operands with maps, or loopClasses, of the layer that say what the loop is for`,
    });
  };
  return { plain: loops.map((loop) => classOf(loop, false)), batched: loops.map((loop) => classOf(loop, true)) };
}

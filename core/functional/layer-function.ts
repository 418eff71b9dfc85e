import type { ScheduleLayer, ScheduleOperand, ScheduleTensor } from '../schedule/form/form.js';
import type { NumberFormat } from '../workload/number-format.js';
import { ElementAccess } from './element-access.js';
import { fingerprintOf } from './fingerprint.js';
import { isIntegerFormat } from './formats.js';
import type { Meanings } from './operators.js';
import { INTEGERS, REALS, type Arithmetic } from './scalar.js';
import type { OperatorSemantics } from './semantics.js';

export interface FunctionOperand {
  readonly name: string;
  readonly tensor: string;
  readonly access: ElementAccess;
  /** Of an output: integers of a sum wrap at this width. */
  readonly partial: NumberFormat | undefined;
}

/** A layer as its tiles compute it. */
export interface LayerFunction {
  readonly name: string;
  readonly operator: string;
  readonly loops: readonly string[];
  readonly sizes: readonly number[];
  readonly inputs: readonly FunctionOperand[];
  readonly outputs: readonly FunctionOperand[];
  readonly semantics: OperatorSemantics;
  readonly isFingerprint: boolean;
  readonly arithmetic: Arithmetic;
  readonly attributes: Readonly<Record<string, number | string | readonly number[]>>;
  /** Loops, by number, whose points come together in one output. */
  readonly summed: readonly number[];
  readonly pointsPerOutput: number;
}

export interface LayerParts {
  readonly tensors: Readonly<Record<string, ScheduleTensor>>;
  readonly meanings: Meanings;
  readonly format: (name: string) => NumberFormat;
  readonly attributes: Readonly<Record<string, number | string | readonly number[]>>;
}

/** @param operands of the layer, by the names that operations give */
export function layerFunction(name: string, layer: ScheduleLayer, operands: Readonly<Record<string, ScheduleOperand>>, parts: LayerParts): LayerFunction {
  const made = Object.entries(operands).map(([operand, form]) => ({ form, operand: functionOperand(operand, form, layer, parts) }));
  const inputs = made.filter(({ form }) => form.role !== 'output').map(({ operand }) => operand);
  const outputs = made.filter(({ form }) => form.role === 'output').map(({ operand }) => operand);
  const { semantics, isFingerprint } = meaningOf(layer.operator, inputs, parts);
  const loops = Object.keys(layer.loops);
  const sizes = Object.values(layer.loops);
  const summed = loops.map((_, loop) => loop).filter((loop) => !outputs.some(({ access }) => access.loops.has(loop)));
  const isInteger = inputs.every(({ tensor }) => isIntegerFormat(parts.format(parts.tensors[tensor]!.format)));
  return {
    name,
    operator: layer.operator,
    loops,
    sizes,
    inputs,
    outputs,
    semantics,
    isFingerprint,
    arithmetic: semantics.arithmetic === 'integer' || (semantics.arithmetic === undefined && isInteger) ? INTEGERS : REALS,
    attributes: parts.attributes,
    summed,
    pointsPerOutput: summed.reduce((product, loop) => product * sizes[loop]!, 1),
  };
}

function meaningOf(operator: string, inputs: readonly FunctionOperand[], { meanings }: LayerParts): { semantics: OperatorSemantics; isFingerprint: boolean } {
  const meaning = meanings.of(operator);
  const isUndecided = meaning.semantics.needsOneElement === true && inputs.some(({ access }) => access.isWindowed);
  return isUndecided ? { semantics: fingerprintOf(operator), isFingerprint: true } : meaning;
}

function functionOperand(name: string, { tensor, map, partialFormat }: ScheduleOperand, layer: ScheduleLayer, parts: LayerParts): FunctionOperand {
  return {
    name,
    tensor,
    access: new ElementAccess(map, layer.loops, parts.tensors[tensor]!.dims),
    partial: partialFormat === undefined ? undefined : parts.format(partialFormat),
  };
}

import { FLOAT, UINT8 } from '../data-types.js';
import type { OperandDraft } from '../layer-draft.js';
import type { NodeContext, OperatorReader } from '../node-context.js';
import type { Value } from '../value.js';
import { broadcast, broadcastShape, direct, indexMap, loopsOver, namesLike, output } from './maps.js';
import { emitElementwise } from './elementwise.js';

/**
 * QuantizeLinear costs nothing of its own where hardware requantises on the way out: when it alone reads what a layer
 * wrote, that layer writes the quantised tensor. Otherwise (behind a graph input) it is a layer.
 */
const quantize: OperatorReader = (context) => {
  const input = context.input(0);
  const type = context.optional(2)?.type ?? (context.attributes.int('output_dtype', 0) || UINT8);
  const result = context.define(0, input.shape, type, context.dims(input));
  if (input.constant) return;
  fuseOrEmit(context, input, result);
};

function fuseOrEmit(context: NodeContext, input: Value, result: Value): void {
  const { state } = context;
  const writer = state.writerOf(input.tensor);
  const alone = (state.useCounts.get(input.name) ?? 0) === 1 && !state.graphOutputs.has(input.name) && input.name === input.tensor;
  if (writer !== undefined && alone) state.renamed.set(input.tensor, result);
  else emitElementwise(context, 'quantize', [input], result, 2);
}

/** Quantise and dequantise in one node, at any width (QONNX): x, scale, zero point, bits. */
const anyWidthQuant: OperatorReader = (context) => {
  const input = context.input(0);
  const bits = context.op === 'BipolarQuant' ? 1 : (context.known(3, 'bits')[0] ?? 8);
  if (!(bits >= 1 && bits <= 64)) throw context.fail(`${bits} bits`, '1 to 64');
  const format = `${context.attributes.int('signed', 1) === 1 ? 'int' : 'uint'}${Math.ceil(bits)}`;
  const name = context.node.output[0] ?? '';
  const result: Value = { name, type: input.type, shape: input.shape, constant: input.constant, format, tensor: name };
  context.dims(result, context.dims(input));
  context.alias(0, result);
  if (!input.constant) fuseOrEmit(context, input, result);
};

/** Whoever reads the real values reads the quantised tensor and its format; only a graph output is converted. */
const dequantize: OperatorReader = (context) => {
  const input = context.input(0);
  const type = context.optional(1)?.type ?? FLOAT;
  if (!context.state.graphOutputs.has(context.node.output[0] ?? '') || input.constant) {
    context.alias(0, { ...withoutData(input), type });
    return;
  }
  const result = context.define(0, input.shape, type, context.dims(input));
  emitElementwise(context, 'dequantize', [input], result, 2);
};

function withoutData({ name, type, shape, constant, format, tensor }: Value): Value {
  return { name, type, shape, constant, format, tensor };
}

/** Finds scale and zero point at run time: a reduction of the whole tensor, then a pass over it. */
const dynamicQuantize: OperatorReader = (context) => {
  const input = context.input(0);
  const result = context.define(0, input.shape, UINT8, context.dims(input));
  const scale: OperandDraft = { value: context.define(1, [], FLOAT), map: indexMap([]) };
  const zero: OperandDraft = { value: context.define(2, [], UINT8), map: indexMap([]) };
  const read: OperandDraft = { name: 'I', value: input, map: direct(context, input) };
  const loops = loopsOver(context, input);
  context.emit({
    operator: 'dynamic-range',
    class: 'vector',
    suffix: 'range',
    loops,
    operands: [read, { ...scale, name: 'O', output: true }, { ...zero, name: 'O2', output: true }],
    opsPerPoint: 2,
  });
  context.emit({ operator: 'dynamic-quantize', class: 'vector', loops, operands: [read, scale, zero, output(context, result)], opsPerPoint: 2 });
};

/** ONNX Runtime's QLinearAdd and QLinearMul: A, scale, zero, B, scale, zero, C scale, zero. */
const qlinearBinary: OperatorReader = (context) => {
  const values = [context.input(0), context.input(3)];
  const shape = broadcastShape(context, values);
  const type = context.optional(7)?.type ?? context.input(0).type;
  const result = context.define(0, shape, type, namesLike(context, shape, values));
  emitElementwise(context, context.operator, values, result, 5);
};

/** QLinearSigmoid, QLinearLeakyRelu: X, scale, zero, Y scale, zero; a table look-up. */
const qlinearUnary: OperatorReader = (context) => {
  const input = context.input(0);
  const result = context.define(0, input.shape, context.optional(4)?.type ?? input.type, context.dims(input));
  emitElementwise(context, context.operator, [input], result, 1);
};

/** ONNX Runtime: weights of N x ceil(K / block) x block * bits / 8 bytes with a scale per block. */
const matmulNBits: OperatorReader = (context) => {
  const input = context.input(0);
  const [k, n, bits] = [context.attributes.int('K', 0), context.attributes.int('N', 0), context.attributes.int('bits', 4)];
  const packed = context.input(1);
  if (k < 1 || n < 1 || input.shape[input.shape.length - 1] !== k)
    throw context.fail(`K ${k} and N ${n} for '${input.name}' [${input.shape.join(', ')}]`, 'K equal to the last dimension');
  if (bits < 1 || bits > 8) throw context.fail(`${bits} bits`, '1 to 8');
  const weight: Value = { name: packed.name, tensor: packed.tensor, constant: true, shape: [n, k], type: UINT8, format: `uint${bits}` };
  const result = context.define(0, [...input.shape.slice(0, -1), n], input.type, context.dims(input));
  const names = context.dims(weight, ['K', 'C']);
  const loops = loopsOver(context, result);
  const column = Object.keys(loops)[Object.keys(loops).length - 1]!;
  const left = context.dims(input).map((dim, d, all) => ({ dim, terms: [{ loop: d === all.length - 1 ? 'C' : Object.keys(loops)[d]!, coefficient: 1 }] }));
  context.emit({
    operator: 'matmul',
    class: 'mac',
    loops: { ...loops, C: k },
    operands: [
      { name: 'I', value: input, map: indexMap(left) },
      {
        name: 'W',
        value: weight,
        map: indexMap([
          { dim: names[0]!, terms: [{ loop: column, coefficient: 1 }] },
          { dim: names[1]!, terms: [{ loop: 'C', coefficient: 1 }] },
        ]),
      },
      { ...broadcast(context, result, result), name: 'O', output: true },
    ],
    opsPerPoint: 2,
    attributes: { bits, blockSize: context.attributes.int('block_size', 32) },
  });
};

export const QUANTISATION: Readonly<Record<string, OperatorReader>> = {
  QuantizeLinear: quantize,
  DequantizeLinear: dequantize,
  DynamicQuantizeLinear: dynamicQuantize,
  Quant: anyWidthQuant,
  BipolarQuant: anyWidthQuant,
  QLinearAdd: qlinearBinary,
  QLinearMul: qlinearBinary,
  QLinearSigmoid: qlinearUnary,
  QLinearLeakyRelu: qlinearUnary,
  MatMulNBits: matmulNBits,
};

import type { OperandDraft } from '../layer-draft.js';
import type { NodeContext, OperatorReader } from '../node-context.js';
import type { Value } from '../value.js';
import { along, broadcastShape, indexMap } from './maps.js';

const gemm: OperatorReader = (context) => {
  emitGemm(context, { left: context.input(0), right: context.input(1), bias: context.optional(2), type: context.sumType(context.input(0), context.input(1)) });
};

/** a, a_scale, a_zero_point, b, b_scale, b_zero_point, C, y_scale, y_zero_point (ONNX Runtime) */
const qgemm: OperatorReader = (context) => {
  const type = context.optional(8)?.type ?? 1;
  emitGemm(context, { left: context.input(0), right: context.input(3), bias: context.optional(6), type });
};

function emitGemm(context: NodeContext, { left, right, bias, type }: { left: Value; right: Value; bias: Value | undefined; type: number }): void {
  const transA = context.attributes.int('transA', 0) !== 0;
  const transB = context.attributes.int('transB', 0) !== 0;
  const [m, k] = transA ? [left.shape[1], left.shape[0]] : left.shape;
  const [k2, n] = transB ? [right.shape[1], right.shape[0]] : right.shape;
  if (left.shape.length !== 2 || right.shape.length !== 2 || k !== k2) throw mismatch(context, left, right);
  const row = context.state.spatial ? 'B' : 'OY';
  const rowDim = context.state.spatial ? 'B' : 'Y';
  const result = context.define(0, [m!, n!], type, [rowDim, 'C']);
  const read = (value: Value, names: readonly string[], loops: readonly string[]): OperandDraft => ({
    value,
    map: indexMap(context.dims(value, names).map((dim, d) => along(dim, loops[d]!))),
  });
  const operands: OperandDraft[] = [
    { ...read(left, transA ? ['C', rowDim] : [rowDim, 'C'], transA ? ['C', row] : [row, 'C']), name: 'I' },
    { ...read(right, transB ? ['K', 'C'] : ['C', 'K'], transB ? ['K', 'C'] : ['C', 'K']), name: right.constant ? 'W' : 'I2' },
  ];
  if (bias !== undefined) operands.push(biasOperand(context, bias, [row, 'K']));
  operands.push({ ...read(result, [], [row, 'K']), name: 'O', output: true });
  context.emit({ operator: 'gemm', class: 'mac', loops: { [row]: m!, K: n!, C: k! }, operands, opsPerPoint: 2 });
}

/** A bias that is broadcast into the product's rows and columns. */
function biasOperand(context: NodeContext, bias: Value, loops: readonly string[]): OperandDraft {
  const ahead = loops.length - bias.shape.length;
  const dims = context.dims(bias, ['B', 'K'].slice(2 - bias.shape.length));
  return { name: 'bias', value: bias, map: indexMap(dims.map((dim, d) => (bias.shape[d] === 1 ? { dim, terms: [] } : along(dim, loops[d + ahead]!)))) };
}

const matmul: OperatorReader = (context) => {
  readMatmul(context, context.input(0), context.input(1), context.sumType(context.input(0), context.input(1)));
};

/** a, a_scale, a_zero_point, b, b_scale, b_zero_point, y_scale, y_zero_point */
const qlinearMatmul: OperatorReader = (context) => readMatmul(context, context.input(0), context.input(3), context.input(7).type);

function readMatmul(context: NodeContext, left: Value, right: Value, type: number): void {
  const vectorLeft = left.shape.length === 1;
  const vectorRight = right.shape.length === 1;
  const transA = context.attributes.int('transA', 0) !== 0 && !vectorLeft;
  const transB = context.attributes.int('transB', 0) !== 0 && !vectorRight;
  if (left.shape.length === 0 || right.shape.length === 0) throw mismatch(context, left, right);
  const tail = (shape: readonly number[], transposed: boolean): number[] => (transposed ? shape.slice(-2).reverse() : shape.slice(-2));
  const [m, k] = vectorLeft ? [1, left.shape[0]!] : (tail(left.shape, transA) as [number, number]);
  const [k2, n] = vectorRight ? [right.shape[0]!, 1] : (tail(right.shape, transB) as [number, number]);
  if (k !== k2) throw mismatch(context, left, right);
  const batches = [left, right].map((value) => ({ ...value, shape: value.shape.slice(0, -2) }));
  const batch = broadcastShape(context, batches);
  const shape = [...batch, ...(vectorLeft ? [] : [m]), ...(vectorRight ? [] : [n])];
  emitMatmul(context, { left, right, shape, batch, m, n, k, type, vectorLeft, vectorRight, transA, transB });
}

interface Product {
  readonly left: Value;
  readonly right: Value;
  readonly shape: readonly number[];
  readonly batch: readonly number[];
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly type: number;
  readonly vectorLeft: boolean;
  readonly vectorRight: boolean;
  readonly transA: boolean;
  readonly transB: boolean;
}

function emitMatmul(context: NodeContext, product: Product): void {
  const { left, right, batch, type, vectorLeft, vectorRight } = product;
  const row = context.state.spatial && batch.length === 0 ? 'B' : 'OY';
  const batchLoops = nameBatches(product);
  const outLoops = [...batchLoops, ...(vectorLeft ? [] : [row]), ...(vectorRight ? [] : ['K'])];
  const result = context.define(0, product.shape, type, outLoops.map(outputDim));
  const swap = (loops: string[], transposed: boolean): string[] => (transposed ? loops.reverse() : loops);
  const leftLoops = vectorLeft ? ['C'] : swap([row, 'C'], product.transA);
  const rightLoops = vectorRight ? ['C'] : swap(['C', 'K'], product.transB);
  context.emit({
    operator: 'matmul',
    class: 'mac',
    loops: { ...Object.fromEntries(batchLoops.map((loop, d) => [loop, batch[d]!])), [row]: product.m, K: product.n, C: product.k },
    operands: [
      { name: 'I', value: left, map: operandMap(context, left, batchLoops, batch, leftLoops) },
      { name: right.constant ? 'W' : 'I2', value: right, map: operandMap(context, right, batchLoops, batch, rightLoops) },
      { name: 'O', value: result, output: true, map: indexMap(context.dims(result).map((dim, d) => along(dim, outLoops[d]!))) },
    ],
    opsPerPoint: 2,
  });
}

function outputDim(loop: string): string {
  return loop === 'OY' ? 'Y' : loop === 'K' ? 'C' : loop;
}

/** One batch dimension is `G` when both operands have it, else `B`; two are `B` and `G`; further ones are numbered. */
function nameBatches({ left, right, batch }: Product): string[] {
  if (batch.length === 1) return [left.shape.length > 2 && right.shape.length > 2 && left.shape[0] === right.shape[0] && batch[0] !== 1 ? 'G' : 'B'];
  return batch.map((_, d) => (d === 0 ? 'B' : d === 1 ? 'G' : `G${d}`));
}

function operandMap(context: NodeContext, value: Value, batchLoops: readonly string[], batch: readonly number[], inner: readonly string[]) {
  const outerRank = value.shape.length - inner.length;
  const ahead = batchLoops.length - outerRank;
  const loops = [...batchLoops.slice(ahead), ...inner];
  const preferred = loops.map((loop) => (loop === 'OY' ? 'Y' : loop));
  return indexMap(
    context.dims(value, preferred).map((dim, d) => {
      const spread = d < outerRank && value.shape[d] === 1 && batch[d + ahead] !== 1;
      return spread ? { dim, terms: [] } : along(dim, loops[d]!);
    }),
  );
}

function mismatch(context: NodeContext, left: Value, right: Value): Error {
  return context.fail(
    `'${left.name}' [${left.shape.join(', ')}] times '${right.name}' [${right.shape.join(', ')}] does not fit`,
    'columns of the first equal to rows of the second',
  );
}

export const MATRIX: Readonly<Record<string, OperatorReader>> = {
  Gemm: gemm,
  QGemm: qgemm,
  MatMul: matmul,
  FusedMatMul: matmul,
  MatMulInteger: matmul,
  QLinearMatMul: qlinearMatmul,
};

import { describe, expect, it } from 'vitest';
import type { Workload } from '../../../core/index.js';
import { differenceText } from '../../../core/result/verdict.js';
import depthFirst from '../../../plugins/mappers/depth-first/index.js';
import layerByLayer from '../../../plugins/mappers/layer-by-layer/index.js';
import type { ModelBuilder } from '../../../tools/models/model-builder.js';
import { some } from '../../many.js';
import { read } from '../../plugins/importers/onnx-graph.js';
import { carryOut, mapped, tiles } from './support.js';

type Build = (model: ModelBuilder, x: string) => string | readonly string[];

const MAP = [1, 6, 7, 8];
const one =
  (operator: string, attributes = {}): Build =>
  (m, x) =>
    m.node(operator, [x], attributes);
const conv = (m: ModelBuilder, x: string, K: number, C: number, attributes = {}): string =>
  m.node('Conv', [x, m.weight('w', [K, C, 3, 3]), m.weight('b', [K])], { pads: [1, 1, 1, 1], ...attributes });

/** Graphs of one operator, or of a few that belong together, by name. */
const EXACT: readonly [string, readonly number[], Build][] = [
  ['Conv with bias and a folded Relu', MAP, (m, x) => m.node('Relu', [conv(m, x, 4, 6)])],
  [
    'Conv, BatchNormalization, Clip',
    MAP,
    (m, x) => m.node('Clip', [m.node('BatchNormalization', [conv(m, x, 4, 6), ...['s', 'b', 'm', 'v'].map((name) => m.weight(name, [4]))])]),
  ],
  ['grouped Conv', MAP, (m, x) => conv(m, x, 6, 3, { group: 2 })],
  ['depthwise Conv, strided', MAP, (m, x) => conv(m, x, 6, 1, { group: 6, strides: [2, 2] })],
  ['ConvTranspose', MAP, (m, x) => m.node('ConvTranspose', [x, m.weight('w', [6, 4, 3, 3])], { strides: [2, 2], pads: [1, 1, 1, 1] })],
  ['ConvTranspose, kernel of the stride', MAP, (m, x) => m.node('ConvTranspose', [x, m.weight('w', [6, 4, 2, 2])], { strides: [2, 2] })],
  ['Gemm with bias', [5, 12], (m, x) => m.node('Gemm', [x, m.weight('w', [7, 12]), m.weight('b', [7])], { transB: 1 })],
  ['MatMul of activations', [2, 3, 5, 8], (m, x) => m.node('MatMul', [x, m.node('Transpose', [x], { perm: [0, 1, 3, 2] })])],
  ['MaxPool', MAP, one('MaxPool', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] })],
  ['AveragePool', MAP, one('AveragePool', { kernel_shape: [2, 2], strides: [2, 2] })],
  ['GlobalAveragePool, Flatten, Gemm', MAP, (m, x) => m.node('Gemm', [m.node('Flatten', [m.node('GlobalAveragePool', [x])]), m.weight('w', [6, 5])])],
  ['Add with broadcasting', MAP, (m, x) => m.node('Add', [x, m.weight('b', [6, 1, 1])])],
  ['Sub, Mul, Neg, Abs', MAP, (m, x) => m.node('Abs', [m.node('Neg', [m.node('Mul', [m.node('Sub', [x, m.weight('a', [8])]), x])])])],
  ['Concat, Split', MAP, (m, x) => m.nodeWithOutputs('Split', [m.node('Concat', [x, m.node('Relu', [x])], { axis: 1 })], { axis: 1 }, 3, 'split')],
  ['Slice', MAP, (m, x) => m.node('Slice', [x, m.integers('s', [1]), m.integers('e', [7]), m.integers('a', [3]), m.integers('t', [2])])],
  ['Pad', MAP, (m, x) => m.node('Pad', [x, m.integers('p', [0, 0, 1, 2, 0, 0, 2, 1])])],
  ['Transpose behind a Conv', MAP, (m, x) => m.node('Transpose', [conv(m, x, 4, 6)], { perm: [0, 2, 3, 1] })],
  [
    'Reshape between products',
    [4, 12],
    (m, x) => m.node('MatMul', [m.node('Reshape', [m.node('MatMul', [x, m.weight('v', [12, 6])]), m.integers('shape', [8, 3])]), m.weight('w', [3, 5])]),
  ],
  [
    'ReduceMax, ReduceSum, ReduceMean',
    MAP,
    (m, x) => [m.node('ReduceMax', [x], { axes: [2, 3] }), m.node('ReduceMin', [x], { axes: [1] }), m.node('ReduceMean', [x], { axes: [1], keepdims: 0 })],
  ],
  ['ArgMax', MAP, one('ArgMax', { axis: 1 })],
  ['TopK', [3, 12], (m, x) => m.nodeWithOutputs('TopK', [x, m.integers('k', [4])], {}, 2, 'top')],
  ['CumSum', [3, 12], (m, x) => m.node('CumSum', [x, m.integers('axis', [1])])],
  ['Resize', MAP, (m, x) => m.node('Upsample', [x, m.integers('s', [1, 1, 2, 2])])],
  ['Where', MAP, (m, x) => m.node('Where', [m.node('Greater', [x, m.weight('t', [8])]), x, m.weight('o', [1])])],
  ['Softmax', [4, 10], one('Softmax')],
  ['Softmax over channels', MAP, one('Softmax', { axis: 1 })],
  ['LayerNormalization', [6, 16], (m, x) => m.node('LayerNormalization', [x, m.weight('s', [16]), m.weight('b', [16])])],
  ['InstanceNormalization', MAP, (m, x) => m.node('InstanceNormalization', [x, m.weight('s', [6]), m.weight('b', [6])])],
  ['Sigmoid, Tanh, Gelu', MAP, (m, x) => [m.node('Sigmoid', [x]), m.node('Tanh', [x]), m.node('Gelu', [x])]],
  [
    'attention',
    [6, 24],
    (m, x) => {
      const part = (name: string): string => m.node('MatMul', [x, m.weight(name, [24, 24])]);
      const scores = m.node('MatMul', [part('q'), m.node('Transpose', [part('k')], { perm: [1, 0] })]);
      return m.node('MatMul', [m.node('Softmax', [scores]), part('v')]);
    },
  ],
];

/** Operators that have no meaning here, or none where their maps do not say which element they mean. */
const FINGERPRINTS: readonly [string, readonly number[], Build][] = [
  ['LRN', MAP, one('LRN', { size: 3 })],
  ['DepthToSpace', [1, 8, 3, 4], one('DepthToSpace', { blocksize: 2 })],
  ['Tile', [3, 4], (m, x) => m.node('Tile', [x, m.integers('r', [2, 2])])],
  ['LSTM', [5, 1, 6], (m, x) => m.node('LSTM', [x, m.weight('w', [1, 16, 6]), m.weight('r', [1, 16, 4])], { hidden_size: 4 })],
];

async function valuesOf(workload: Workload, mapper: unknown, cores: number) {
  const spec = tiles(cores, 'systolic', 16384);
  const { values, isDone, violations } = await carryOut(spec, mapped(mapper, spec, workload), workload);
  expect(isDone).toBe(true);
  expect(violations).toEqual([]);
  expect(values.equal, differenceText(values)).toBe(true);
  expect(values.compared).toBeGreaterThan(0);
  expect(values.notCompared).toEqual([]);
  return values;
}

const MAPPERS = [
  ['layer by layer', layerByLayer, 1],
  ['depth first', depthFirst, 2],
] as const;

describe('values of ONNX operators', () => {
  it.each(some(EXACT, 4))('%s', async (_, shape, build) => {
    const workload = read(shape, build);
    for (const [, mapper, cores] of MAPPERS) expect((await valuesOf(workload, mapper, cores)).fingerprints).toEqual([]);
  });

  it.each(some(FINGERPRINTS))('%s, as a fingerprint', async (_, shape, build) => {
    const workload = read(shape, build);
    for (const [, mapper, cores] of MAPPERS) expect((await valuesOf(workload, mapper, cores)).fingerprints).toHaveLength(1);
  });
});

import { describe, expect, it } from 'vitest';
import { outputsOf, relevantLoops } from '../../../core/index.js';
import { readOnnx } from '../../../plugins/importers/onnx/read-onnx.js';
import { ModelBuilder } from '../../../tools/models/model-builder.js';
import { countsOf, MAPPERS, runWorkload } from './onnx-run.js';
import { source } from './onnx-graph.js';

type Build = (m: ModelBuilder) => string | readonly string[];

const image = (m: ModelBuilder): string => m.input('x', [2, 6, 9, 11]);
const sequence = (m: ModelBuilder): string => m.input('x', [2, 7, 24]);

/** One small graph an operator, with what is seldom used: negative steps, windows that hang over, broadcast, scalars, cropping pads. */
const OPERATORS: Readonly<Record<string, Build>> = {
  'MaxPool, ceil_mode': (m) => m.node('MaxPool', [image(m)], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }),
  'MaxPool, dilations and indices': (m) => m.nodeWithOutputs('MaxPool', [image(m)], { kernel_shape: [3, 2], dilations: [2, 3], pads: [1, 0, 1, 0] }, 2, 'pool'),
  'AveragePool, SAME_LOWER': (m) => m.node('AveragePool', [image(m)], { kernel_shape: [4, 3], strides: [3, 2], auto_pad: 'SAME_LOWER' }),
  'LpPool in one dimension': (m) => m.node('LpPool', [m.input('x', [1, 4, 20])], { kernel_shape: [5], strides: [4], pads: [2, 2] }),
  GlobalAveragePool: (m) => m.node('GlobalAveragePool', [image(m)]),
  'Conv, padding as wide as the kernel': (m) => m.node('Conv', [image(m), m.weight('w', [4, 6, 3, 3])], { pads: [3, 3, 3, 3] }),
  'Conv, strides beyond the kernel, bias': (m) => m.node('Conv', [image(m), m.weight('w', [4, 6, 2, 2]), m.weight('b', [4])], { strides: [4, 5] }),
  'Conv, SAME_UPPER and dilation': (m) =>
    m.node('Conv', [image(m), m.weight('w', [4, 6, 3, 3])], { auto_pad: 'SAME_UPPER', strides: [2, 2], dilations: [2, 2] }),
  'depthwise Conv': (m) => m.node('Conv', [image(m), m.weight('w', [12, 1, 3, 3])], { group: 6, pads: [1, 1, 1, 1] }),
  'ConvTranspose, output_shape': (m) =>
    m.node('ConvTranspose', [image(m), m.weight('w', [6, 4, 3, 3]), m.weight('b', [4])], { strides: [2, 2], output_shape: [16, 25] }),
  'ConvTranspose, SAME_LOWER and dilation': (m) =>
    m.node('ConvTranspose', [image(m), m.weight('w', [6, 4, 3, 3])], { strides: [2, 3], dilations: [2, 1], auto_pad: 'SAME_LOWER' }),
  'ConvTranspose, cropped and padded out': (m) =>
    m.node('ConvTranspose', [image(m), m.weight('w', [6, 2, 4, 4])], { strides: [4, 4], pads: [1, 2, 2, 1], output_padding: [3, 1], group: 2 }),
  'Conv behind ConvTranspose': (m) => {
    const up = m.node('ConvTranspose', [image(m), m.weight('w', [6, 4, 3, 3])], { strides: [2, 2], pads: [1, 1, 1, 1] });
    return m.node('Relu', [m.node('Conv', [up, m.weight('v', [3, 4, 3, 3])], { pads: [1, 1, 1, 1] })]);
  },
  'Gemm, transposed, broadcast bias': (m) => m.node('Gemm', [m.input('x', [8, 5]), m.weight('w', [7, 8]), m.weight('b', [1, 7])], { transA: 1, transB: 1 }),
  'MatMul, vector and broadcast batches': (m) => [
    m.node('MatMul', [m.input('x', [3, 1, 4, 5]), m.input('y', [2, 5, 6])]),
    m.node('MatMul', [m.input('v', [5]), m.weight('w', [5, 3])]),
  ],
  'Softmax, Hardmax, LogSoftmax': (m) => m.node('Softmax', [m.node('Hardmax', [m.node('LogSoftmax', [sequence(m)], { axis: 1 })], { axis: 0 })]),
  'LRN, InstanceNormalization': (m) => m.node('LRN', [m.node('InstanceNormalization', [image(m), m.weight('s', [6]), m.weight('b', [6])])], { size: 3 }),
  'GroupNormalization, MeanVarianceNormalization': (m) =>
    m.node('MeanVarianceNormalization', [m.node('GroupNormalization', [image(m), m.weight('s', [3]), m.weight('b', [3])], { num_groups: 3 })]),
  BatchNormalization: (m) => m.node('BatchNormalization', [image(m), ...['s', 'b', 'm', 'v'].map((name) => m.weight(name, [6]))]),
  'LpNormalization, RMSNormalization': (m) => m.node('RMSNormalization', [m.node('LpNormalization', [sequence(m)], { axis: 1 }), m.weight('s', [24])]),
  reductions: (m) => [
    m.node('ReduceSum', [sequence(m), m.integers('axes', [1])], { keepdims: 0 }),
    m.node('ReduceMean', ['x'], {}),
    m.node('ArgMax', ['x'], { axis: -1, keepdims: 0 }),
    m.node('ReduceL2', ['x', m.integers('last', [-1, 0])]),
  ],
  'CumSum, TopK': (m) => [
    m.node('CumSum', [sequence(m), m.integers('axis', [1])]),
    ...m.nodeWithOutputs('TopK', ['x', m.integers('k', [3])], { axis: 1 }, 2, 'top'),
  ],
  'Slice backwards, with steps': (m) =>
    m.node('Slice', [sequence(m), m.integers('from', [-1, 2]), m.integers('to', [-100, 20]), m.integers('axes', [1, 2]), m.integers('steps', [-2, 3])]),
  'Pad, negative and reflected': (m) => [
    m.node('Pad', [sequence(m), m.integers('crop', [0, -2, 3, 0, -1, -4])]),
    m.node('Pad', ['x', m.integers('edge', [0, 1, 2, 0, 3, 1])], { mode: 'reflect' }),
  ],
  'Split, Concat': (m) => m.node('Concat', [...m.nodeWithOutputs('Split', [sequence(m)], { axis: 2 }, 3, 'split')].reverse(), { axis: 1 }),
  'Transpose, Reshape, Flatten': (m) =>
    m.node('Flatten', [m.node('Reshape', [m.node('Transpose', [sequence(m)], { perm: [2, 0, 1] }), m.integers('shape', [4, 6, 14])])], { axis: 2 }),
  'Expand, Tile': (m) => m.node('Tile', [m.node('Expand', [m.input('x', [3, 1, 5]), m.integers('shape', [2, 3, 4, 5])]), m.integers('times', [1, 2, 1, 3])]),
  'Gather rows of a table and of an activation': (m) => [
    m.node('Gather', [m.weight('table', [100, 16]), m.input('ids', [2, 5], 'int64')]),
    m.node('Gather', [m.node('Relu', [m.input('x', [6, 8])]), m.integers('picked', [5, 0, 3])], { axis: 1 }),
  ],
  'GatherElements, GatherND, ScatterND, ScatterElements': (m) => {
    const x = m.input('x', [4, 6]);
    const places = m.input('places', [4, 3], 'int64');
    return [
      m.node('GatherElements', [x, places], { axis: 1 }),
      m.node('GatherND', [x, m.input('pairs', [5, 2], 'int64')]),
      m.node('ScatterND', [x, m.input('rows', [2, 1], 'int64'), m.input('updates', [2, 6])]),
      m.node('ScatterElements', [x, places, m.input('values', [4, 3])], { axis: 1 }),
    ];
  },
  'Resize, DepthToSpace, SpaceToDepth': (m) => {
    const up = m.node('Resize', [m.input('x', [1, 4, 6, 8]), '', '', m.integers('sizes', [1, 4, 9, 12])], { mode: 'linear' });
    return [m.node('DepthToSpace', [up], { blocksize: 2 }), m.node('SpaceToDepth', ['x'], { blocksize: 2 })];
  },
  'Where, Equal, Cast, PRelu, scalars': (m) => {
    const condition = m.node('Equal', [sequence(m), m.input('scalar', [])]);
    return [
      m.node('Where', [condition, 'x', m.weight('other', [24])]),
      m.node('PRelu', ['x', m.weight('slope', [7, 1])]),
      m.node('Cast', [condition], { to: 1 }),
    ];
  },
  'OneHot, QuantizeLinear, DequantizeLinear': (m) => [
    m.node('OneHot', [m.input('ids', [3, 4], 'int64'), m.integers('depth', [10]), m.weight('values', [2])]),
    m.node('DequantizeLinear', [m.node('QuantizeLinear', [sequence(m), m.weight('s', []), m.weight('z', [], 'uint8')]), m.weight('t', [])]),
  ],
  'an output that nobody reads, and dead layers': (m) => {
    m.node('Relu', [m.node('Exp', [sequence(m)])]);
    return m.node('Neg', ['x']);
  },
  'sizes of 1 everywhere': (m) => m.node('Conv', [m.node('MaxPool', [m.input('x', [1, 1, 1, 1])], { kernel_shape: [1, 1] }), m.weight('w', [1, 1, 1, 1])]),
};

describe.each(Object.entries(OPERATORS))('%s', (_, build) => {
  const model = new ModelBuilder('net');
  const made = build(model);
  for (const name of typeof made === 'string' ? [made] : made) model.output(name);
  const workload = readOnnx(source(model.bytes()));

  it('has layers whose outputs follow the same loops', () => {
    for (const layer of workload.layers) expect(new Set(outputsOf(layer).map((output) => relevantLoops(layer, output).join())).size, layer.name).toBe(1);
  });

  it.each(Object.keys(MAPPERS))('runs legally with %s, and counts as the workload does', (mapper) => {
    const { violations, isDone, layers } = runWorkload(workload, MAPPERS[mapper]!);
    expect(violations).toEqual([]);
    expect(isDone).toBe(true);
    const counts = countsOf(workload);
    for (const { layer, macs, ops } of layers) expect([layer, macs, ops]).toEqual([layer, ...counts[layer]!]);
  });
});

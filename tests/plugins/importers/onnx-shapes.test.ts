import { describe, expect, it } from 'vitest';
import { layerTotals } from '../../../core/index.js';
import { readOnnx } from '../../../plugins/importers/onnx/read-onnx.js';
import { ModelBuilder } from '../../../tools/models/model-builder.js';
import { last, outputShape, read, source } from './onnx-graph.js';

type Build = (model: ModelBuilder, x: string) => string;

/** Name, input shape, graph, output shape, operator, and multiply-accumulates worked out by hand. */
const CASES: readonly (readonly [string, readonly number[], Build, readonly number[], string, number])[] = [
  [
    'Conv',
    [1, 3, 224, 224],
    (m, x) => m.node('Conv', [x, m.weight('w', [64, 3, 7, 7])], { strides: [2, 2], pads: [3, 3, 3, 3] }),
    [1, 64, 112, 112],
    'conv',
    118013952,
  ],
  ['Conv, dilated', [1, 4, 20, 20], (m, x) => m.node('Conv', [x, m.weight('w', [8, 4, 3, 3])], { dilations: [2, 2] }), [1, 8, 16, 16], 'conv', 8 * 4 * 9 * 256],
  [
    'Conv, depthwise',
    [2, 16, 9, 9],
    (m, x) => m.node('Conv', [x, m.weight('w', [16, 1, 3, 3])], { group: 16, pads: [1, 1, 1, 1] }),
    [2, 16, 9, 9],
    'depthwise-conv',
    2 * 16 * 81 * 9,
  ],
  ['Conv, two groups', [1, 8, 5, 5], (m, x) => m.node('Conv', [x, m.weight('w', [12, 4, 1, 1])], { group: 2 }), [1, 12, 5, 5], 'conv', 12 * 4 * 25],
  [
    'Conv, channel multiplier',
    [1, 8, 5, 5],
    (m, x) => m.node('Conv', [x, m.weight('w', [16, 1, 1, 1])], { group: 8 }),
    [1, 16, 5, 5],
    'depthwise-conv',
    16 * 25,
  ],
  [
    'Conv, 1-D',
    [1, 80, 300],
    (m, x) => m.node('Conv', [x, m.weight('w', [384, 80, 3])], { strides: [2], pads: [1, 1] }),
    [1, 384, 150],
    'conv',
    384 * 80 * 3 * 150,
  ],
  ['Conv, 3-D', [1, 2, 8, 8, 8], (m, x) => m.node('Conv', [x, m.weight('w', [4, 2, 3, 3, 3])]), [1, 4, 6, 6, 6], 'conv', 4 * 2 * 27 * 216],
  [
    'Conv, SAME_UPPER',
    [1, 1, 49, 10],
    (m, x) => m.node('Conv', [x, m.weight('w', [64, 1, 10, 4])], { strides: [2, 2], auto_pad: 'SAME_UPPER' }),
    [1, 64, 25, 5],
    'conv',
    320000,
  ],
  ['Conv, VALID', [1, 1, 10, 10], (m, x) => m.node('Conv', [x, m.weight('w', [1, 1, 3, 3])], { auto_pad: 'VALID' }), [1, 1, 8, 8], 'conv', 576],
  [
    'ConvTranspose',
    [1, 4, 5, 5],
    (m, x) => m.node('ConvTranspose', [x, m.weight('w', [4, 2, 4, 4])], { strides: [2, 2], pads: [1, 1, 1, 1] }),
    [1, 2, 10, 10],
    'conv-transpose',
    4 * 2 * 25 * 16,
  ],
  [
    'ConvTranspose, odd kernel',
    [1, 56, 6, 6],
    (m, x) => m.node('ConvTranspose', [x, m.weight('w', [56, 1, 9, 9])], { strides: [3, 3], pads: [3, 3, 3, 3] }),
    [1, 1, 18, 18],
    'conv-transpose',
    56 * 36 * 81,
  ],
  [
    'ConvTranspose, output_shape',
    [1, 1, 5, 5],
    (m, x) => m.node('ConvTranspose', [x, m.weight('w', [1, 1, 3, 3])], { strides: [2, 2], output_shape: [10, 10] }),
    [1, 1, 10, 10],
    'conv-transpose',
    225,
  ],
  ['Gemm, transposed', [7, 32], (m, x) => m.node('Gemm', [x, m.weight('w', [10, 32]), m.weight('b', [10])], { transB: 1 }), [7, 10], 'gemm', 2240],
  ['MatMul, batched by weights', [2, 3, 5, 7], (m, x) => m.node('MatMul', [x, m.weight('w', [7, 11])]), [2, 3, 5, 11], 'matmul', 2 * 3 * 5 * 7 * 11],
  ['MatMul, broadcast batch', [2, 1, 5, 7], (m, x) => m.node('MatMul', [x, m.input('y', [4, 7, 3])]), [2, 4, 5, 3], 'matmul', 2 * 4 * 5 * 7 * 3],
  ['MatMul, vector', [5, 7], (m, x) => m.node('MatMul', [x, m.weight('w', [7])]), [5], 'matmul', 35],
  [
    'Einsum',
    [2, 4, 8, 16],
    (m, x) => m.node('Einsum', [x, m.input('y', [2, 4, 9, 16])], { equation: 'bhqd,bhkd->bhqk' }),
    [2, 4, 8, 9],
    'einsum',
    2 * 4 * 8 * 9 * 16,
  ],
  [
    'Einsum, ellipsis',
    [2, 4, 8, 16],
    (m, x) => m.node('Einsum', [x, m.weight('w', [16, 3])], { equation: '...d,dk->...k' }),
    [2, 4, 8, 3],
    'einsum',
    2 * 4 * 8 * 16 * 3,
  ],
  ['MaxPool, ceil', [1, 8, 112, 112], (m, x) => m.node('MaxPool', [x], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }), [1, 8, 56, 56], 'maxpool', 0],
  [
    'MaxPool, ceil, last window beyond',
    [1, 1, 4, 4],
    (m, x) => m.node('MaxPool', [x], { kernel_shape: [1, 1], strides: [3, 3], ceil_mode: 1, pads: [0, 0, 1, 1] }),
    [1, 1, 2, 2],
    'maxpool',
    0,
  ],
  ['AveragePool', [1, 64, 25, 5], (m, x) => m.node('AveragePool', [x], { kernel_shape: [25, 5] }), [1, 64, 1, 1], 'averagepool', 0],
  ['GlobalAveragePool', [1, 64, 8, 8], (m, x) => m.node('GlobalAveragePool', [x]), [1, 64, 1, 1], 'global-averagepool', 0],
  ['Add, broadcast', [2, 1, 5], (m, x) => m.node('Add', [x, m.input('y', [4, 5])]), [2, 4, 5], 'add', 0],
  ['Softmax', [2, 3, 4], (m, x) => m.node('Softmax', [x], { axis: -1 }), [2, 3, 4], 'softmax', 0],
  ['LayerNormalization', [2, 3, 4], (m, x) => m.node('LayerNormalization', [x, m.weight('s', [4])]), [2, 3, 4], 'layernorm', 0],
  [
    'BatchNormalization',
    [2, 3, 4, 4],
    (m, x) => m.node('BatchNormalization', [x, ...['s', 'b', 'm', 'v'].map((name) => m.weight(name, [3]))]),
    [2, 3, 4, 4],
    'batchnorm',
    0,
  ],
  [
    'InstanceNormalization',
    [2, 3, 4, 4],
    (m, x) => m.node('InstanceNormalization', [x, m.weight('s', [3]), m.weight('b', [3])]),
    [2, 3, 4, 4],
    'instancenorm',
    0,
  ],
  ['ReduceMean, keep', [2, 3, 4, 5], (m, x) => m.node('ReduceMean', [x], { axes: [2, -1] }), [2, 3, 1, 1], 'reducemean', 0],
  ['ReduceSum, axes as input', [2, 3, 4], (m, x) => m.node('ReduceSum', [x, m.integers('a', [1])], { keepdims: 0 }), [2, 4], 'reducesum', 0],
  ['ArgMax', [2, 3, 4], (m, x) => m.node('ArgMax', [x], { axis: 2, keepdims: 0 }), [2, 3], 'argmax', 0],
  ['Concat', [1, 3, 4], (m, x) => m.node('Concat', [x, m.input('y', [1, 5, 4])], { axis: 1 }), [1, 8, 4], 'concat', 0],
  [
    'Slice with steps',
    [1, 10, 4],
    (m, x) => m.node('Slice', [x, m.integers('s', [8]), m.integers('e', [-11]), m.integers('a', [1]), m.integers('t', [-3])]),
    [1, 3, 4],
    'slice',
    0,
  ],
  ['Pad', [1, 3, 4, 4], (m, x) => m.node('Pad', [x, m.integers('p', [0, 0, 1, 2, 0, 0, 1, 3])]), [1, 3, 6, 9], 'pad', 0],
  ['Reshape', [2, 3, 4], (m, x) => m.node('Reshape', [x, m.integers('s', [0, -1])]), [2, 12], 'reshape', 0],
  ['Flatten', [2, 3, 4], (m, x) => m.node('Flatten', [x], { axis: 2 }), [6, 4], 'flatten', 0],
  ['Squeeze', [2, 1, 4], (m, x) => m.node('Squeeze', [x, m.integers('a', [1])]), [2, 4], 'squeeze', 0],
  ['Unsqueeze', [2, 4], (m, x) => m.node('Unsqueeze', [x, m.integers('a', [0, 3])]), [1, 2, 4, 1], 'unsqueeze', 0],
  ['Transpose', [2, 3, 4], (m, x) => m.node('Transpose', [x], { perm: [2, 0, 1] }), [4, 2, 3], 'transpose', 0],
  ['Expand', [3, 1], (m, x) => m.node('Expand', [x, m.integers('s', [2, 1, 6])]), [2, 3, 6], 'expand', 0],
  ['Tile', [3, 1], (m, x) => m.node('Tile', [x, m.integers('s', [2, 4])]), [6, 4], 'tile', 0],
  ['Gather, embedding', [4, 6], (m) => m.node('Gather', [m.weight('table', [1000, 32]), m.input('ids', [1, 9], 'int64')]), [1, 9, 32], 'gather', 0],
  ['Resize', [1, 3, 8, 8], (m, x) => m.node('Resize', [x, '', '', m.integers('s', [1, 3, 20, 16])], { mode: 'linear' }), [1, 3, 20, 16], 'resize', 0],
  ['DepthToSpace', [1, 12, 4, 4], (m, x) => m.node('DepthToSpace', [x], { blocksize: 2 }), [1, 3, 8, 8], 'depthtospace', 0],
  ['SpaceToDepth', [1, 3, 8, 8], (m, x) => m.node('SpaceToDepth', [x], { blocksize: 2 }), [1, 12, 4, 4], 'spacetodepth', 0],
  ['Where', [2, 1], (m, x) => m.node('Where', [m.input('c', [3]), x, m.weight('z', [])]), [2, 3], 'where', 0],
  ['Gelu', [2, 3], (m, x) => m.node('Gelu', [x]), [2, 3], 'gelu', 0],
  [
    'LSTM',
    [10, 2, 8],
    (m, x) => m.node('LSTM', [x, m.weight('w', [1, 64, 8]), m.weight('r', [1, 64, 16]), m.weight('b', [1, 128])]),
    [10, 1, 2, 16],
    'lstm',
    10 * 2 * 64 * 16,
  ],
  [
    'GRU, both directions',
    [10, 2, 8],
    (m, x) => m.node('GRU', [x, m.weight('w', [2, 48, 8]), m.weight('r', [2, 48, 16])], { direction: 'bidirectional' }),
    [10, 2, 2, 16],
    'gru',
    10 * 2 * 2 * 48 * 16,
  ],
];

describe('ONNX operators: shapes and multiply-accumulates', () => {
  it.each(CASES)('%s', (_, shape, build, expected, operator, macs) => {
    const workload = read(shape, build);
    const layer = last(workload);
    expect(layer.operator).toBe(operator);
    expect(outputShape(workload, layer)).toEqual(expected);
    expect(layerTotals(workload, layer).macs).toBe(macs);
  });

  it('splits into one layer an output', () => {
    const workload = read([1, 10], (m, x) => m.nodeWithOutputs('Split', [x, m.integers('s', [3, 7])], { axis: 1 }, 2, 'split'));
    expect(workload.layers.map((layer) => outputShape(workload, layer))).toEqual([
      [1, 3],
      [1, 7],
    ]);
  });

  it('folds the arithmetic on shapes that exporters leave', () => {
    const workload = read([2, 3, 4, 5], (m, x) => {
      const batch = m.node('Gather', [m.node('Shape', [x]), m.integers('zero', [0])], { axis: 0 });
      const shape = m.node('Concat', [batch, m.node('Div', [m.integers('a', [-24]), m.integers('b', [2])]), m.integers('five', [5])], { axis: 0 });
      const fixed = m.node('Where', [
        m.node('Less', [shape, m.node('ConstantOfShape', [m.integers('three', [3])])]),
        m.node('Mul', [shape, m.integers('minus', [-1])]),
        shape,
      ]);
      return m.node('Relu', [m.node('Reshape', [x, fixed])]);
    });
    expect(workload.layers.map((layer) => layer.operator)).toEqual(['reshape', 'relu']);
    expect(outputShape(workload, last(workload))).toEqual([2, 12, 5]);
  });

  it('takes shapes from the file where their data were stripped', () => {
    const model = new ModelBuilder('stripped');
    const joined = model.node('Reshape', [model.input('x', [1, 8, 4]), model.weight('shape', [2], 'int64')]);
    const mean = model.node('ReduceSum', [joined, model.weight('axes', [1], 'int64')]);
    model.output(joined, [2, 16]);
    model.output(mean, [2, 1]);
    const workload = readOnnx(source(model.bytes()));
    expect(workload.layers.map((layer) => outputShape(workload, layer))).toEqual([
      [2, 16],
      [2, 1],
    ]);
  });

  it('computes nothing at run time that depends on constants alone', () => {
    const workload = read([4, 8], (m, x) => m.node('MatMul', [x, m.node('Transpose', [m.weight('w', [6, 8])])]));
    expect(workload.layers.map((layer) => layer.operator)).toEqual(['matmul']);
    expect(
      Object.values(workload.tensors)
        .filter((tensor) => tensor.role === 'constant')
        .map((tensor) => Object.values(tensor.dims)),
    ).toEqual([[8, 6]]);
  });

  it('passes Identity, Dropout and needless Casts by', () => {
    const workload = read([4], (m, x) => m.node('Relu', [m.node('Cast', [m.node('Dropout', [m.node('Identity', [x])])], { to: 1 })]));
    expect(workload.layers.map((layer) => layer.operator)).toEqual(['relu']);
    expect(workload.layers[0]?.operands[0]?.tensor).toBe('x');
  });
});

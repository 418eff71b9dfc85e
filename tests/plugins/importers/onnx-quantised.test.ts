import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readOnnx } from '../../../plugins/importers/onnx/read-onnx.js';
import type { Layer } from '../../../core/index.js';
import { ModelBuilder } from '../../../tools/models/model-builder.js';
import { read, source } from './onnx-graph.js';

function formats(layer: Layer | undefined): Record<string, string> {
  return Object.fromEntries((layer?.operands ?? []).map((operand) => [operand.name, operand.format]));
}

describe('quantised ONNX models', () => {
  it('QDQ: formats reach the layers, and no layer is left of the pairs', () => {
    const workload = readOnnx(source(readFileSync(new URL('../../../scenarios/models/ds-cnn.onnx', import.meta.url))));
    expect(workload.layers.map((layer) => layer.operator).filter((operator) => operator.includes('quantize'))).toEqual([]);
    const conv = workload.layers[0];
    expect(formats(conv)).toEqual({ I: 'int8', W: 'int8', bias: 'int32', O: 'int8' });
    expect(conv?.operands.find((operand) => operand.name === 'O')?.partialFormat).toBe('int32');
    expect(
      new Set(
        Object.values(workload.tensors)
          .filter((tensor) => tensor.role !== 'constant')
          .map((tensor) => tensor.format),
      ),
    ).toEqual(new Set(['int8']));
    expect(workload.outputs).toHaveLength(1);
    expect(workload.tensors[workload.outputs[0]!]?.role).toBe('output');
  });

  it('keeps QuantizeLinear behind a real graph input, and DequantizeLinear before a real output', () => {
    const workload = read([1, 8], (m, x) => {
      const q = m.node('QuantizeLinear', [x, m.weight('s', []), m.weight('z', [], 'uint8')]);
      const real = m.node('DequantizeLinear', [q, 's', 'z']);
      const y = m.node('Relu', [real]);
      return m.node('DequantizeLinear', [m.node('QuantizeLinear', [y, 's', 'z']), 's', 'z']);
    });
    expect(workload.layers.map((layer) => [layer.operator, ...Object.values(formats(layer))])).toEqual([
      ['quantize', 'fp32', 'uint8'],
      ['relu', 'uint8', 'uint8'],
      ['dequantize', 'uint8', 'fp32'],
    ]);
  });

  it('does not fuse a quantiser whose input somebody else reads as well', () => {
    const workload = read([1, 8], (m, x) => {
      const y = m.node('Relu', [x]);
      return [m.node('QuantizeLinear', [y, m.weight('s', []), m.weight('z', [], 'int8')]), m.node('Neg', [y])];
    });
    expect(workload.layers.map((layer) => layer.operator)).toEqual(['relu', 'quantize', 'neg']);
  });

  it('QLinearConv, QLinearMatMul, QLinearAdd, ConvInteger, MatMulInteger', () => {
    const model = new ModelBuilder('q', 'uint8');
    const x = model.input('x', [1, 4, 6, 6]);
    const [s, z] = [model.weight('s', [], 'fp32'), model.weight('z', [])];
    const conv = model.node('QLinearConv', [x, s, z, model.weight('w', [8, 4, 3, 3], 'int8'), s, z, s, z, model.weight('b', [8], 'int32')], {
      pads: [1, 1, 1, 1],
    });
    const added = model.node('QLinearAdd', [conv, s, z, conv, s, z, s, z]);
    const integer = model.node('ConvInteger', [added, model.weight('w2', [2, 8, 1, 1], 'int8')]);
    const product = model.node('QLinearMatMul', [model.input('a', [3, 5]), s, z, model.weight('m', [5, 7], 'int8'), s, z, s, z]);
    const sums = model.node('MatMulInteger', [product, model.weight('n', [7, 2], 'int8')]);
    for (const output of [integer, sums]) model.output(output);
    const workload = readOnnx(source(model.bytes()));
    expect(workload.layers.map((layer) => [layer.operator, formats(layer)])).toEqual([
      ['conv', { I: 'uint8', W: 'int8', bias: 'int32', O: 'uint8' }],
      ['add', { I: 'uint8', I2: 'uint8', O: 'uint8' }],
      ['conv', { I: 'uint8', W: 'int8', O: 'int32' }],
      ['matmul', { I: 'uint8', W: 'int8', O: 'uint8' }],
      ['matmul', { I: 'uint8', W: 'int8', O: 'int32' }],
    ]);
  });

  it('keeps the format of quantised weights through transposes, and reads QONNX Quant', () => {
    const workload = read([2, 8], (m, x) => {
      const real = m.node('DequantizeLinear', [m.weight('w', [4, 8], 'int8'), m.weight('s', []), m.weight('z', [], 'int8')]);
      const y = m.node('MatMul', [x, m.node('Transpose', [real])]);
      const two = m.node('Quant', [m.weight('v', [4, 4]), 's', 'z', m.integers('bits', [3])], { signed: 1 });
      return m.node('MatMul', [m.node('Quant', [y, 's', 'z', m.integers('bits8', [8])], { signed: 0 }), two]);
    });
    expect(workload.layers.map((layer) => formats(layer))).toEqual([
      { I: 'fp32', W: 'int8', O: 'uint8' },
      { I: 'uint8', W: 'int3', O: 'fp32' },
    ]);
  });

  it('honours bit widths on the node, and those that the user asks for', () => {
    const build = (m: ModelBuilder, x: string): string => m.node('Conv', [x, m.weight('w', [8, 3, 3, 3])], { weight_size: 4, act_size: 8, output_size: 24 });
    const conv = read([1, 3, 8, 8], build).layers[0];
    expect(formats(conv)).toEqual({ I: 'int8', W: 'int4', O: 'int8' });
    expect(conv?.operands[2]?.partialFormat).toBe('int24');
    const asked = read([1, 3, 8, 8], build, { formats: { weights: 'mxfp4', activations: 'fp8-e4m3', partialSums: 'fp16' } }).layers[0];
    expect(formats(asked)).toEqual({ I: 'fp8-e4m3', W: 'mxfp4', O: 'fp8-e4m3' });
    expect(asked?.operands[2]?.partialFormat).toBe('fp16');
  });
});

import { describe, expect, it } from 'vitest';
import { operandBox } from '../../../core/index.js';
import protobuf from 'protobufjs/light.js';
import { ONNX_DESCRIPTOR } from '../../../plugins/importers/onnx/api.js';
import { readOnnx } from '../../../plugins/importers/onnx/read-onnx.js';
import type { ModelBuilder } from '../../../tools/models/model-builder.js';
import { graph, last, outputShape, read, source } from './onnx-graph.js';

const macs = (workload: ReturnType<typeof read>): number =>
  workload.layers
    .filter((layer) => layer.class === 'mac')
    .reduce((total, layer) => total + Object.values(layer.loops).reduce((product, size) => product * size, 1), 0);

describe('fused attention', () => {
  const [heads, keyHeads, size, rows, past] = [8, 2, 16, 4, 12];

  it('GroupQueryAttention with packed projections, rotation and a cache', () => {
    const workload = read([1, rows, (heads + 2 * keyHeads) * size], (model: ModelBuilder, x) => {
      const cache = (name: string): string => model.input(name, [1, keyHeads, past, size]);
      const inputs = [x, '', '', cache('past_key'), cache('past_value'), '', '', model.weight('cos', [64, size / 2]), model.weight('sin', [64, size / 2])];
      return model.nodeWithOutputs('GroupQueryAttention', inputs, { num_heads: heads, kv_num_heads: keyHeads, do_rotary: 1 }, 3, 'gqa');
    });
    expect(workload.layers.map((layer) => layer.name)).toEqual([
      'gqa/query.rotate',
      'gqa/key.rotate',
      'gqa/key.append',
      'gqa/value.append',
      'gqa/scores',
      'gqa/softmax',
      'gqa/values',
    ]);
    expect(macs(workload)).toBe(2 * heads * rows * (rows + past) * size);
    expect(outputShape(workload, last(workload))).toEqual([1, rows, heads * size]);
    const append = workload.layers.find((layer) => layer.name === 'gqa/value.append')!;
    const fresh = append.operands.find((operand) => operand.tensor === 'x')!;
    const tile = Object.fromEntries(Object.entries(append.loops).map(([loop, bound]) => [loop, [0, bound] as const]));
    const box = operandBox(workload, append, fresh, tile);
    expect(Object.values(box)).toContainEqual([(heads + keyHeads) * size, (heads + 2 * keyHeads) * size]);
  });

  it('GroupQueryAttention of separate tensors without a cache reads them as they are', () => {
    const workload = read([2, rows, heads * size], (model, x) =>
      model.node(
        'GroupQueryAttention',
        [x, model.input('k', [2, rows, keyHeads * size]), model.input('v', [2, rows, keyHeads * size])],
        { num_heads: heads, kv_num_heads: keyHeads },
        'gqa',
      ),
    );
    expect(workload.layers.map((layer) => layer.operator)).toEqual(['matmul', 'softmax', 'matmul']);
    expect(macs(workload)).toBe(2 * 2 * heads * rows * rows * size);
  });

  it('com.microsoft.Attention projects its input, and reads queries, keys and values from the three parts', () => {
    const bytes = graph([2, rows, 32], (model, x) =>
      model.node('Attention', [x, model.weight('qkv', [32, 3 * 64]), model.weight('bias', [3 * 64])], { num_heads: 4 }, 'attn'),
    );
    const workload = readOnnx(source(inDomain(bytes, 'com.microsoft')));
    expect(workload.layers.map((layer) => layer.name)).toEqual(['attn/projection', 'attn/bias', 'attn/scores', 'attn/softmax', 'attn/values']);
    expect(macs(workload)).toBe(2 * rows * 32 * 192 + 2 * 2 * rows * rows * 64);
    const values = last(workload);
    const tile = Object.fromEntries(Object.entries(values.loops).map(([loop, bound]) => [loop, [0, bound] as const]));
    const box = operandBox(
      workload,
      values,
      values.operands.find((operand) => operand.tensor === 'attn/biased')!,
      tile,
    );
    expect(Object.values(box)).toContainEqual([128, 192]);
    expect(outputShape(workload, values)).toEqual([2, rows, 64]);
  });

  it('heads that do not fit are an error that names the node', () => {
    expect(() => read([1, rows, 100], (model, x) => model.node('GroupQueryAttention', [x], { num_heads: heads, kv_num_heads: keyHeads }, 'gqa'))).toThrow(
      /node 'gqa' .*query \[1, 4, 100\] with 8 and 2 heads/,
    );
  });
});

/** The model with its nodes moved to another operator domain. */
function inDomain(bytes: Uint8Array, domain: string): Uint8Array {
  const type = protobuf.Root.fromJSON(ONNX_DESCRIPTOR).lookupType('onnx.ModelProto');
  const model = type.toObject(type.decode(bytes)) as { graph: { node: { domain?: string }[] }; opsetImport: object[] };
  for (const node of model.graph.node) node.domain = domain;
  model.opsetImport.push({ domain, version: 1 });
  return type.encode(type.fromObject(model)).finish();
}

import { describe, expect, it } from 'vitest';
import { outputsOf, relevantLoops, workloadTotals, type Workload } from '../../../core/index.js';
import { readOnnx } from '../../../plugins/importers/onnx/read-onnx.js';
import { ModelBuilder } from '../../../tools/models/model-builder.js';
import { some } from '../../many.js';
import { countsOf, MAPPERS, runWorkload } from './onnx-run.js';
import { source } from './onnx-graph.js';

type Build = (m: ModelBuilder) => readonly string[];

interface Case {
  readonly build: Build;
  readonly macs: number;
  /** Layers that must be there. */
  readonly layers?: readonly string[];
}

const recurrent = (op: string, gates: number, attributes: Record<string, number | string>, used: readonly number[], directions = 1): Build => {
  const [time, batch, features, hidden] = [6, 2, 5, 8];
  return (m) => {
    const x = m.input('x', [time, batch, features]);
    const w = m.weight('w', [directions, gates * hidden, features]);
    const r = m.weight('r', [directions, gates * hidden, hidden]);
    const b = m.weight('b', [directions, 2 * gates * hidden]);
    const initial = m.input('h0', [directions, batch, hidden]);
    const inputs = [x, w, r, b, '', initial, ...(op === 'LSTM' ? [m.input('c0', [directions, batch, hidden])] : [])];
    const all = m.nodeWithOutputs(op, inputs, { hidden_size: hidden, ...attributes }, op === 'LSTM' ? 3 : 2, op.toLowerCase());
    return used.map((index) => m.node('Relu', [all[index]!]));
  };
};
const recurrentMacs = (gates: number, directions: number): number => 6 * 2 * directions * gates * 8 * (5 + 8);

const attention = (m: ModelBuilder, op: string, outputs: number, flat: boolean, attributes: Record<string, number>): string[] => {
  const [batch, heads, rows, past, size] = [2, 4, 3, 13, 8];
  const shape = flat ? [batch, rows, heads * size] : [batch, heads, rows, size];
  const [q, k, v] = ['q', 'k', 'v'].map((name) => m.input(name, shape));
  const cache = ['pk', 'pv'].map((name) => m.input(name, [batch, heads, past, size]));
  const empty = op === 'Attention' ? [m.input('mask', [rows, rows + past])] : ['', '', m.input('bias', [1, heads, rows, rows + past])];
  return m.nodeWithOutputs(op, [q!, k!, v!, ...empty, ...cache], attributes, outputs, 'attn');
};
const attentionMacs = 2 * 2 * 4 * 3 * (3 + 13) * 8;

const CASES: Readonly<Record<string, Case>> = {
  'RNN Y and Y_h': { build: recurrent('RNN', 1, {}, [0, 1]), macs: recurrentMacs(1, 1), layers: ['rnn/last-hidden'] },
  'RNN Y_h alone, reversed': { build: recurrent('RNN', 1, { direction: 'reverse' }, [1]), macs: recurrentMacs(1, 1) },
  'GRU both directions': { build: recurrent('GRU', 3, { direction: 'bidirectional' }, [0, 1], 2), macs: recurrentMacs(3, 2) },
  'LSTM Y, Y_h, Y_c': { build: recurrent('LSTM', 4, {}, [0, 1, 2]), macs: recurrentMacs(4, 1), layers: ['lstm/last-hidden', 'lstm/last-cell'] },
  'LSTM Y_c alone, both directions': { build: recurrent('LSTM', 4, { direction: 'bidirectional' }, [2], 2), macs: recurrentMacs(4, 2) },
  'LayerNormalization mean and deviation': {
    build: (m) => {
      const x = m.input('x', [2, 12, 40]);
      const [y, mean, deviation] = m.nodeWithOutputs('LayerNormalization', [x, m.weight('s', [40]), m.weight('b', [40])], { axis: -1 }, 3, 'ln');
      return [m.node('Mul', [m.node('Sub', [x, mean!]), deviation!]), y!];
    },
    macs: 0,
    layers: ['ln/statistics'],
  },
  'LayerNormalization over two axes, one statistic': {
    build: (m) => {
      const [y, mean] = m.nodeWithOutputs('LayerNormalization', [m.input('x', [3, 12, 40]), m.weight('s', [12, 40])], { axis: 1 }, 2, 'ln');
      return [y!, mean!];
    },
    macs: 0,
  },
  'SkipLayerNormalization, all outputs': {
    build: (m) => m.nodeWithOutputs('SkipLayerNormalization', [m.input('x', [2, 6, 24]), m.input('skip', [2, 6, 24]), m.weight('g', [24])], {}, 4, 'sln'),
    macs: 0,
    layers: ['sln/skip', 'sln/statistics'],
  },
  'MaxPool indices': {
    build: (m) => {
      const pool = { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] };
      const [y, at] = m.nodeWithOutputs('MaxPool', [m.node('Relu', [m.input('x', [1, 8, 20, 20])])], pool, 2, 'pool');
      return [m.node('Cast', [at!], { to: 1 }), m.node('Relu', [y!])];
    },
    macs: 0,
  },
  'Dropout mask is known': {
    build: (m) => {
      const [y, mask] = m.nodeWithOutputs('Dropout', [m.input('x', [4, 6])], {}, 2, 'drop');
      return [m.node('Mul', [y!, m.node('Cast', [mask!], { to: 1 })])];
    },
    macs: 0,
  },
  'BatchNormalization in training': {
    build: (m) => {
      const parameters = ['s', 'b', 'm', 'v'].map((name) => m.weight(name, [8]));
      const all = m.nodeWithOutputs('BatchNormalization', [m.input('x', [2, 8, 6, 6]), ...parameters], { training_mode: 1 }, 3, 'bn');
      return [all[0]!, m.node('Relu', [all[1]!]), all[2]!];
    },
    macs: 0,
    layers: ['bn/statistics'],
  },
  'TopK values and indices': {
    build: (m) => {
      const [values, indices] = m.nodeWithOutputs('TopK', [m.input('x', [4, 100]), m.integers('k', [5])], { axis: -1 }, 2, 'top');
      return [m.node('Relu', [values!]), m.node('Cast', [indices!], { to: 1 })];
    },
    macs: 0,
  },
  'TopK indices alone': {
    build: (m) => [m.nodeWithOutputs('TopK', [m.input('x', [4, 100]), m.integers('k', [5])], { axis: -1 }, 2, 'top')[1]!],
    macs: 0,
  },
  'Split, a part of it without elements': {
    build: (m) => {
      const parts = m.nodeWithOutputs('Split', [m.input('x', [4, 9]), m.integers('parts', [4, 0, 5])], { axis: 1 }, 3, 'split');
      return [m.node('Concat', [parts[2]!, parts[1]!, parts[0]!], { axis: 1 })];
    },
    macs: 0,
  },
  'Concat with an empty constant': {
    build: (m) => [m.node('MatMul', [m.node('Concat', [m.weight('e', [0, 4]), m.input('x', [6, 4])], { axis: 0 }), m.weight('w', [4, 5])])],
    macs: 120,
  },
  'an empty slice joined to something': {
    build: (m) => {
      const x = m.input('x', [6, 4]);
      const none = m.node('Slice', [x, m.integers('from', [2]), m.integers('to', [2])]);
      return [m.node('Concat', [m.node('Relu', [none]), x], { axis: 0 })];
    },
    macs: 0,
  },
  'DynamicQuantizeLinear with its scale': {
    build: (m) => {
      const [y, scale, zero] = m.nodeWithOutputs('DynamicQuantizeLinear', [m.input('x', [16, 24])], {}, 3, 'dq');
      const product = m.node('MatMulInteger', [y!, m.weight('w', [24, 8], 'int8'), zero!]);
      return [m.node('Mul', [m.node('Cast', [product], { to: 1 }), scale!])];
    },
    macs: 16 * 24 * 8,
    layers: ['dq/range'],
  },
  'Attention of opset 23 with a past': { build: (m) => [attention(m, 'Attention', 1, false, {})[0]!], macs: attentionMacs, layers: ['attn/key.append'] },
  'Attention of opset 23, past, present and scores': { build: (m) => attention(m, 'Attention', 4, false, {}), macs: attentionMacs },
  'Attention of opset 23, flat, weights': {
    build: (m) => attention(m, 'Attention', 4, true, { q_num_heads: 4, kv_num_heads: 4, qk_matmul_output_mode: 3 }),
    macs: attentionMacs,
  },
  'MultiHeadAttention with a past': { build: (m) => attention(m, 'MultiHeadAttention', 3, true, { num_heads: 4 }), macs: attentionMacs },
  'MultiHeadAttention of packed queries, keys and values': {
    build: (m) => [m.node('MultiHeadAttention', [m.input('qkv', [2, 5, 4, 3, 8])], { num_heads: 4 }, 'attn')],
    macs: 2 * 2 * 4 * 5 * 5 * 8,
  },
  'MultiHeadAttention of packed keys and values': {
    build: (m) => [m.node('MultiHeadAttention', [m.input('q', [2, 5, 32]), m.input('kv', [2, 7, 4, 2, 8])], { num_heads: 4 }, 'attn')],
    macs: 2 * 2 * 4 * 5 * 7 * 8,
  },
  'GroupQueryAttention with its caches': {
    build: (m) => {
      const caches = ['pk', 'pv'].map((name) => m.input(name, [1, 2, 12, 16]));
      const attributes = { num_heads: 8, kv_num_heads: 2, do_rotary: 1 };
      return m.nodeWithOutputs('GroupQueryAttention', [m.input('x', [1, 4, 12 * 16]), '', '', ...caches], attributes, 3, 'gqa');
    },
    macs: 2 * 8 * 4 * 16 * 16,
  },
  'Einsum of three factors': {
    build: (m) => [m.node('Einsum', [m.input('a', [3, 4]), m.input('b', [4, 5]), m.input('c', [5, 6])], { equation: 'ij,jk,kl->il' })],
    macs: 3 * 4 * 5 + 3 * 5 * 6,
  },
  'Einsum with an ellipsis and a diagonal': {
    build: (m) => [m.node('Einsum', [m.input('a', [2, 3, 4, 4]), m.input('b', [4, 5])], { equation: '...jj,jk->...k' })],
    macs: 2 * 3 * 4 * 5,
  },
};

function built(build: Build): Workload {
  const model = new ModelBuilder('net');
  for (const name of build(model)) model.output(name);
  return readOnnx(source(model.bytes()));
}

const runOf = new Set(some(Object.keys(CASES), 2));

describe.each(Object.entries(CASES))('%s', (name, { build, macs, layers = [] }) => {
  const workload = built(build);

  it('has the multiply-accumulates that its definition says, and layers whose outputs follow the same loops', () => {
    expect(workloadTotals(workload).macs).toBe(macs);
    expect(workload.layers.map(({ name }) => name)).toEqual(expect.arrayContaining([...layers]));
    for (const layer of workload.layers) {
      const loops = outputsOf(layer).map((output) => relevantLoops(layer, output));
      expect(new Set(loops.map((list) => list.join())).size, layer.name).toBe(1);
    }
  });

  it.runIf(runOf.has(name)).each(Object.keys(MAPPERS))('runs legally with %s, and counts as the workload does', (mapper) => {
    const { violations, isDone, layers: results } = runWorkload(workload, MAPPERS[mapper]!);
    expect(violations).toEqual([]);
    expect(isDone).toBe(true);
    const counts = countsOf(workload);
    for (const { layer, macs: done, ops } of results) expect([layer, done, ops]).toEqual([layer, ...counts[layer]!]);
    expect(results.reduce((sum, result) => sum + result.macs, 0)).toBe(macs);
  });
});

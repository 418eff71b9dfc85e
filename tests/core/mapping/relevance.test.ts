import { describe, expect, it } from 'vitest';
import {
  layerTotals,
  loopRelevance,
  matrixShape,
  operandOf,
  partialBytes,
  reductionLoops,
  regionBytes,
  relevantLoops,
  tileMacs,
  tileOps,
  WorkloadGraph,
  workloadTotals,
  type Layer,
  type Workload,
} from '../../../core/index.js';

/** A grouped convolution with stride 2 and padding 1: 2 groups of 4 -> 8 channels, 16x16 -> 8x8. */
const conv: Layer = {
  id: 0,
  name: 'conv',
  operator: 'conv',
  class: 'mac',
  loops: { B: 1, G: 2, K: 8, C: 4, OY: 8, OX: 8, FY: 3, FX: 3 },
  operands: [
    {
      name: 'I',
      tensor: 'x',
      role: 'activation',
      format: 'int8',
      map: {
        kind: 'index',
        expressions: [
          { dim: 'B', terms: [{ loop: 'B', coefficient: 1 }] },
          {
            dim: 'C',
            terms: [
              { loop: 'G', coefficient: 4 },
              { loop: 'C', coefficient: 1 },
            ],
          },
          {
            dim: 'Y',
            terms: [
              { loop: 'OY', coefficient: 2 },
              { loop: 'FY', coefficient: 1 },
            ],
            offset: -1,
          },
          {
            dim: 'X',
            terms: [
              { loop: 'OX', coefficient: 2 },
              { loop: 'FX', coefficient: 1 },
            ],
            offset: -1,
          },
        ],
      },
    },
    {
      name: 'W',
      tensor: 'w',
      role: 'weight',
      format: 'int4',
      map: {
        kind: 'index',
        expressions: [
          {
            dim: 'K',
            terms: [
              { loop: 'G', coefficient: 8 },
              { loop: 'K', coefficient: 1 },
            ],
          },
          ...['C', 'FY', 'FX'].map((dim) => ({ dim, terms: [{ loop: dim, coefficient: 1 }] })),
        ],
      },
    },
    {
      name: 'O',
      tensor: 'y',
      role: 'output',
      format: 'int8',
      partialFormat: 'int32',
      map: {
        kind: 'index',
        expressions: [
          { dim: 'B', terms: [{ loop: 'B', coefficient: 1 }] },
          {
            dim: 'C',
            terms: [
              { loop: 'G', coefficient: 8 },
              { loop: 'K', coefficient: 1 },
            ],
          },
          { dim: 'Y', terms: [{ loop: 'OY', coefficient: 1 }] },
          { dim: 'X', terms: [{ loop: 'OX', coefficient: 1 }] },
        ],
      },
    },
  ],
  predecessors: [],
  opsPerPoint: 2,
};

const workload: Workload = {
  name: 'one',
  tensors: {
    x: { name: 'x', dims: { B: 1, C: 8, Y: 16, X: 16 }, format: 'int8', role: 'input' },
    w: { name: 'w', dims: { K: 16, C: 4, FY: 3, FX: 3 }, format: 'int4', role: 'constant' },
    y: { name: 'y', dims: { B: 1, C: 16, Y: 8, X: 8 }, format: 'int8', role: 'output' },
  },
  layers: [conv],
  inputs: ['x'],
  outputs: ['y'],
};

describe('relevance of loops', () => {
  it('is relevant, irrelevant or partial as reuse is', () => {
    const of = (name: string): Record<string, string> =>
      Object.fromEntries(Object.keys(conv.loops).map((loop) => [loop, loopRelevance(conv, operandOf(conv, name), loop)]));
    expect(of('I')).toEqual({ B: 'relevant', G: 'relevant', K: 'irrelevant', C: 'relevant', OY: 'partial', OX: 'partial', FY: 'partial', FX: 'partial' });
    expect(of('W')).toEqual({
      B: 'irrelevant',
      G: 'relevant',
      K: 'relevant',
      C: 'relevant',
      OY: 'irrelevant',
      OX: 'irrelevant',
      FY: 'relevant',
      FX: 'relevant',
    });
    expect(relevantLoops(conv, operandOf(conv, 'O'))).toEqual(['B', 'G', 'K', 'OY', 'OX']);
    expect(reductionLoops(conv)).toEqual(['C', 'FY', 'FX']);
  });

  it('is not partial where a stride steps over the whole kernel', () => {
    const patches: Layer = { ...conv, loops: { ...conv.loops, FY: 2, FX: 2 } };
    expect(loopRelevance(patches, operandOf(patches, 'I'), 'OY')).toBe('relevant');
    expect(loopRelevance(patches, operandOf(patches, 'I'), 'FY')).toBe('relevant');
  });

  it('makes matrices of a convolution', () => {
    expect(matrixShape(conv)).toEqual({ groups: 2, m: 64, n: 8, k: 36 });
    expect(matrixShape(conv, { K: [0, 4], OY: [2, 3], C: [1, 4] })).toEqual({ groups: 2, m: 8, n: 4, k: 27 });
  });
});

describe('counts', () => {
  it('of tiles, layers and the whole', () => {
    expect(tileMacs(conv, { G: [0, 1], OY: [0, 2] })).toBe(8 * 4 * 2 * 8 * 9);
    expect(tileOps(conv, {})).toBe(2 * tileMacs(conv, {}));
    expect(layerTotals(workload, conv)).toEqual({ macs: 36_864, ops: 73_728, operandBytes: { I: 2048, W: 288, O: 1024 } });
    expect(workloadTotals(workload)).toEqual({
      layers: 1,
      macs: 36_864,
      ops: 73_728,
      constantBytes: 288,
      inputBytes: 2048,
      outputBytes: 1024,
      intermediateBytes: 0,
    });
    expect(regionBytes(operandOf(conv, 'W'), { K: [0, 1], C: [0, 3] })).toBe(2);
    expect(partialBytes(operandOf(conv, 'O'), { C: [0, 3] })).toBe(12);
    expect(tileMacs({ ...conv, class: 'vector' }, {})).toBe(0);
    expect(() => operandOf(conv, 'Q')).toThrow("layer 'conv' has no operand Q");
  });

  it('finds who writes and reads', () => {
    const graph = new WorkloadGraph(workload);
    expect(graph.producer('y')?.layer.name).toBe('conv');
    expect(graph.producer('x')).toBeUndefined();
    expect(graph.consumers('x').map((use) => use.operand.name)).toEqual(['I']);
    expect(graph.layer(0)).toBe(conv);
  });
});

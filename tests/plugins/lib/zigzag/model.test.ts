import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { auditDemands } from './helpers.js';
import {
  allocateLoops,
  DIRECTIONS,
  evaluateZigzag,
  levelDown,
  loopFactors,
  orderings,
  roundEven,
  slidingSize,
  temporalLevels,
  unionOfWindows,
  zigzagBound,
  zigzagCase,
  type ZigzagLayer,
} from '../../../../plugins/lib/zigzag/index.js';

interface Golden {
  readonly id: string;
  readonly latency_cycles: Readonly<Record<string, number>>;
  readonly energy_pJ: { readonly total: number; readonly per_operand_level: Readonly<Record<string, readonly number[]>> };
  readonly word_accesses: Readonly<Record<string, readonly Readonly<Record<string, number>>[]>>;
  readonly port_lower_bound: { readonly min_cycles: number };
  readonly temporal_mapping: { readonly per_operand_level_inner_to_outer: object };
}
const { records } = JSON.parse(readFileSync(new URL('../../../golden/estimate-zigzag.json', import.meta.url), 'utf8')) as {
  records: (Golden & Record<string, unknown>)[];
};

describe("ZigZag's model", () => {
  it.each(records)('gives the cycles, energy and words of $id', (record) => {
    const { core, layer, mapping } = zigzagCase(record);
    const { latency, energy, words } = evaluateZigzag(core, layer, mapping);
    expect(latency).toEqual({
      idealFullArray: record.latency_cycles['ideal_full_array'],
      idealGivenSpatialMapping: record.latency_cycles['ideal_given_spatial_mapping'],
      stall: record.latency_cycles['stall'],
      computation: record.latency_cycles['computation_total0'],
      onloading: record.latency_cycles['onloading'],
      total1: record.latency_cycles['total1'],
      offloading: record.latency_cycles['offloading'],
      total2: expect.closeTo(record.latency_cycles['total2']!, 6) as number,
    });
    expect(energy.totalPj).toBeCloseTo(record.energy_pJ.total, 2);
    for (const [operand, levels] of Object.entries(words))
      levels.forEach((moved, level) => DIRECTIONS.forEach((direction) => expect(moved[direction]).toBe(record.word_accesses[operand]![level]![direction])));
  });

  it.each(records)('bounds what $id must move through its busiest port', (record) => {
    const { core, layer, mapping } = zigzagCase(record);
    const evaluation = evaluateZigzag(core, layer, mapping);
    expect(zigzagBound(evaluation).cycles).toBeCloseTo(record.port_lower_bound.min_cycles, 0);
    expect(auditDemands(evaluation)).toBe(record.latency_cycles['total2']! < record.port_lower_bound.min_cycles);
  });

  it.each(records)('reads results of $id nowhere', (record) => {
    const { latency_cycles: _, energy_pJ: __, word_accesses: ___, port_lower_bound: ____, ...inputs } = record;
    const { core, layer, mapping } = zigzagCase(inputs);
    expect(evaluateZigzag(core, layer, mapping).latency.total2).toBeCloseTo(record.latency_cycles['total2']!, 6);
  });

  it.each(records)('cuts the order of $id into memories as the tool did', (record) => {
    const { core, layer, mapping } = zigzagCase(record);
    const order = mapping.temporal[layer.operands[0]!.name]!.flat();
    expect(allocateLoops(core, layer, mapping.spatial, order)).toEqual(record.temporal_mapping.per_operand_level_inner_to_outer);
  });
});

const LAYER: ZigzagLayer = {
  name: 'l',
  loops: { K: 4, C: 4, OX: 4, FX: 3 },
  relations: [
    {
      dim: 'IX',
      terms: [
        { loop: 'OX', factor: 2 },
        { loop: 'FX', factor: 1 },
      ],
    },
  ],
  operands: [
    { name: 'O', dims: ['K', 'OX'], memoryOperand: 'O' },
    { name: 'W', dims: ['K', 'C', 'FX'], memoryOperand: 'I2' },
    { name: 'I', dims: ['C', 'IX'], memoryOperand: 'I1' },
  ],
  precision: { O: 16, O_final: 8, W: 8, I: 8 },
};

describe('its parts', () => {
  it('pushes irrelevant loops down through empty levels', () => {
    const levels = temporalLevels(LAYER, LAYER.operands[1]!, [
      [],
      [['OX', 4]],
      [
        ['K', 4],
        ['C', 4],
      ],
    ]);
    expect(levels.levels).toEqual([
      [['OX', 4]],
      [],
      [
        ['K', 4],
        ['C', 4],
      ],
    ]);
    expect(levels).toMatchObject({ heldCycles: 4, periods: [4, 4, 64], topRelevant: [1, 1, 1, 16], topIrrelevant: [1, 4, 1, 1] });
  });

  it('counts what a sliding window touches', () => {
    expect([slidingSize(1, 5, 1, 3), slidingSize(2, 4, 1, 3), slidingSize(3, 4, 1, 2)]).toEqual([7, 9, 8]);
  });

  it('joins windows that open together', () => {
    const window = (allowedCycles: number, periodCycles: number, periods: number): Parameters<typeof unionOfWindows>[0][number] => ({
      allowedCycles,
      periodCycles,
      periods,
    });
    expect(unionOfWindows([window(1, 3, 8), window(2, 6, 4), window(4, 12, 2)])).toBe(2 * (4 + 2 + 1));
    expect(unionOfWindows([window(3, 3, 8), window(2, 6, 4)])).toBe(24);
  });

  it('joins windows as counting each cycle does', () => {
    const patterns = [
      { allowedCycles: 1, periodCycles: 2, periods: 30 },
      { allowedCycles: 3, periodCycles: 10, periods: 6 },
      { allowedCycles: 7, periodCycles: 20, periods: 3 },
    ];
    const open = Array.from({ length: 60 }, (_, cycle) => patterns.some(({ allowedCycles, periodCycles }) => cycle % periodCycles < allowedCycles));
    expect(unionOfWindows(patterns)).toBe(open.filter(Boolean).length);
  });

  it('levels the longest down, and as the tool below its least', () => {
    expect(levelDown([10, 4], [1, 1], 4)).toEqual([6, 4]);
    expect(levelDown([10, 4], [8, 1], 20)).toEqual([5, 1]);
    expect(levelDown([10, 4], [8, 1], 0)).toEqual([10, 4]);
  });

  it('merges factors of the loop with the most, and orders them all once', () => {
    const factors = loopFactors(
      new Map([
        ['C', 28],
        ['K', 3],
      ]),
      3,
    );
    expect(factors).toEqual([
      ['C', 4],
      ['C', 7],
      ['K', 3],
    ]);
    const all = [
      ...orderings([
        ['C', 2],
        ['C', 2],
        ['K', 3],
      ]),
    ].map((order) => order.map(([loop]) => loop).join(''));
    expect(all.toSorted()).toEqual(['CCK', 'CKC', 'KCC']);
    expect([...orderings([])]).toEqual([[]]);
  });

  it('rounds halves to even numbers', () => {
    expect([0.5, 1.5, 62.5, 63.5, 2.4].map(roundEven)).toEqual([0, 2, 62, 64, 2]);
  });
});

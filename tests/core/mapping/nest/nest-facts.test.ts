import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boxVolume, checkNest, nestFacts, nestOperands, type Layer, type LoopNest, type Workload } from '../../../../core/index.js';
import { caseCount } from '../../../many.js';
import { countByWalking, stepsOutside } from './brute-force.js';
import { conv, gemm, nestOf, nestSeed } from './layers.js';

function compare({ workload, layer }: { workload: Workload; layer: Layer }, nest: LoopNest): void {
  const operands = nestOperands(workload, layer);
  checkNest(nest, { loops: layer.loops, operands: operands.map(({ name }) => name) });
  const facts = nestFacts(nest, layer.loops, operands);
  for (const storage of facts.storages) {
    const operand = operands.find(({ name }) => name === storage.operand)!;
    const walked = countByWalking(nest, layer.loops, operand, storage.level, storage.parent);
    const isResumable = operand.role === 'output' && storage.parent !== undefined;
    expect({
      residencies: storage.residencies,
      elements: storage.residentElements,
      shared: storage.sharedResidencies,
      sharedElements: storage.sharedElements,
      resumed: storage.resumed,
      resumedElements: storage.resumedElements,
    }).toEqual({ ...walked, ...(isResumable ? {} : { resumed: 0, resumedElements: 0 }) });
    const tiles = stepsOutside(nest, layer.loops, storage.level).flat();
    expect(storage.tileElements).toBe(Math.max(0, ...tiles.map(({ tile }) => boxVolume(operand.region(tile)))));
  }
  const tiles = stepsOutside(nest, layer.loops, nest.levels.length - 1).flat();
  expect(facts.tiles).toBe(tiles.length);
  expect(tiles.reduce((sum, { tile }) => sum + boxVolume(tile), 0)).toBe(facts.points);
}

const memory = (level: number): string => `m${level}`;

describe('facts of a nest', () => {
  it('equal a walk through every step: products with imperfect factors, bypass, spatial loops', () => {
    const size = fc.integer({ min: 1, max: 7 });
    fc.assert(
      fc.property(size, size, size, nestSeed(3, 3), (M, K, C, seed) => {
        const problem = gemm(M, K, C);
        compare(problem, nestOf(problem.layer, seed, memory));
      }),
      { numRuns: caseCount(1000, 25) },
    );
  });

  it('equal a walk through every step: convolutions with stride, padding, halo', () => {
    const shape = fc.record({
      K: fc.integer({ min: 1, max: 3 }),
      C: fc.integer({ min: 1, max: 3 }),
      OY: fc.integer({ min: 1, max: 6 }),
      FY: fc.integer({ min: 1, max: 3 }),
      stride: fc.integer({ min: 1, max: 3 }),
      pad: fc.integer({ min: 0, max: 2 }),
    });
    fc.assert(
      fc.property(shape, nestSeed(4, 3), (form, seed) => {
        const problem = conv(form);
        compare(problem, nestOf(problem.layer, seed, memory));
      }),
      { numRuns: caseCount(1000, 25) },
    );
  });

  it('count an output stationary and a weight stationary product as on paper', () => {
    const { workload, layer } = gemm(8, 8, 8);
    const temporal = (loop: string, size: number): LoopNest['levels'][number]['loops'][number] => ({ loop, size, kind: 'temporal' });
    const nest = (order: readonly string[]): LoopNest => ({
      levels: [
        { storage: { I: 'dram', W: 'dram', O: 'dram' }, loops: order.map((loop) => temporal(loop, 4)) },
        { storage: { I: 'l1', W: 'l1', O: 'l1' }, loops: ['OX', 'K', 'C'].map((loop) => temporal(loop, 2)) },
      ],
    });
    const fills = (order: readonly string[]): Record<string, number> =>
      Object.fromEntries(
        nestFacts(nest(order), layer.loops, nestOperands(workload, layer))
          .storages.filter(({ level }) => level === 1)
          .map((s) => [s.operand, s.residencies]),
      );
    expect(fills(['OX', 'K', 'C'])).toEqual({ I: 64, W: 64, O: 16 });
    expect(fills(['K', 'C', 'OX'])).toEqual({ I: 64, W: 16, O: 64 });
    const outputs = nestFacts(nest(['K', 'C', 'OX']), layer.loops, nestOperands(workload, layer));
    expect(outputs.storages.find(({ operand, level }) => operand === 'O' && level === 1)).toMatchObject({ resumed: 48, resumedElements: 192, tileBytes: 4 });
    // Partial sums leave 64 times with 4 elements and come back 48 times.
    expect(outputs.accesses.find(({ operand, level }) => operand === 'O' && level === 0)).toMatchObject({ reads: 192, writes: 256 });
  });

  it('reads a shared operand once for all instances', () => {
    const { workload, layer } = gemm(8, 8, 8);
    const nest: LoopNest = {
      levels: [
        { storage: { I: 'dram', W: 'dram', O: 'dram' }, loops: [{ loop: 'K', size: 4, kind: 'spatial', axis: 'x' }] },
        {
          storage: { I: 'core{x}.l1', W: 'core{x}.l1', O: 'core{x}.l1' },
          loops: ['OX', 'C', 'K'].map((loop) => ({ loop, size: loop === 'K' ? 2 : 8, kind: 'temporal' })),
        },
      ],
    };
    const { storages, accesses } = nestFacts(nest, layer.loops, nestOperands(workload, layer));
    expect(storages.find(({ operand, level }) => operand === 'I' && level === 1)).toMatchObject({ residencies: 4, sharedResidencies: 1, spatialFactor: 4 });
    expect(storages.find(({ operand, level }) => operand === 'W' && level === 1)).toMatchObject({ residencies: 4, sharedResidencies: 4, spatialFactor: 1 });
    expect(accesses.find(({ operand, level }) => operand === 'I' && level === 0)).toMatchObject({ reads: 64 });
    expect(accesses.find(({ operand, level }) => operand === 'I' && level === 1)).toMatchObject({ writes: 256, reads: 256 });
  });
});

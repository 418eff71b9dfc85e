import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  analyseTiles,
  dosaText,
  evaluateMapping,
  gemminiLikeMachine,
  mappingDemands,
  readDosaMapping,
  readMapText,
  readProblem,
  type LevelTile,
  type TimeloopMachine,
  type TimeloopMapping,
} from '../../../../plugins/lib/timeloop/index.js';

const CONV = {
  dimensions: ['C', 'M', 'R', 'S', 'N', 'P', 'Q'],
  coefficients: [
    { name: 'Wstride', default: 1 },
    { name: 'Hstride', default: 1 },
  ],
  data_spaces: [
    { name: 'Weights', projection: [[['C']], [['M']], [['R']], [['S']]] },
    { name: 'Inputs', projection: [[['N']], [['C']], [['R'], ['P', 'Wstride']], [['S'], ['Q', 'Hstride']]] },
    { name: 'Outputs', projection: [[['N']], [['M']], [['Q']], [['P']]], read_write: true },
  ],
};
const counts = ({ reads, fills, updates }: LevelTile): number[] => [reads, fills, updates];
const at = (problem: ReturnType<typeof readProblem>, mapping: TimeloopMapping, level: string, space: string, older = false): LevelTile =>
  analyseTiles(problem, mapping, older).levels.find(({ name }) => name === level)!.spaces[problem.dataSpaces.findIndex(({ name }) => name === space)]!;

describe('the Eyeriss-like example of the tool', () => {
  const problem = readProblem({ shape: CONV, instance: { C: 3, M: 32, N: 1, P: 112, Q: 112, R: 3, S: 3, Wstride: 2, Hstride: 2 } });
  const mapping = readMapText(`
DRAM [ Weights:864 (864) Inputs:151875 (151875) Outputs:401408 (401408) ]
| for P in [0:8)
|   for Q in [0:2)
|     for M in [0:4)
shared_glb [ Inputs:9831 (9831) Outputs:6272 (6272) ]
|       for P in [0:14)
|         for Q in [0:4)
columns [ ]
|           for Q in [0:14) (Spatial-X)
rows [ ]
|             for C in [0:3) (Spatial-Y)
|               for S in [0:3) (Spatial-Y)
ifmap_spad [ Inputs:3 (3) ]
weights_spad [ Weights:24 (24) ]
|                 for R in [0:3)
psum_spad [ Outputs:8 (8) ]
|                   for M in [0:8)
|                     << Compute >>
`);

  it('takes as many cycles, on as many elements', () => {
    const { computeCycles, computeInstances, computes } = analyseTiles(problem, mapping);
    expect({ computeCycles, computeInstances, computes }).toEqual({ computeCycles: 86_016, computeInstances: 126, computes: 10_838_016 });
  });

  it('counts accesses: multicast along rows, sums over C and S, no halo kept where the tile turned', () => {
    // 14 x 9 elements; each output row of the tile needs its three filter rows; of a column the 8 output channels are summed over 3 x 3.
    expect(counts(at(problem, mapping, 'shared_glb', 'Inputs'))).toEqual([1_354_752, 16 * 9831, 0]);
    expect(counts(at(problem, mapping, 'shared_glb', 'Outputs'))).toEqual([0, 0, 112 * 112 * 32]);
    expect(counts(at(problem, mapping, 'weights_spad', 'Weights'))).toEqual([86_016, 64 * 24, 0]);
    expect(counts(at(problem, mapping, 'psum_spad', 'Outputs'))).toEqual([86_016 - 28_672, 0, 86_016]);
  });
});

describe('sliding windows', () => {
  const problem = readProblem({ shape: CONV, instance: { C: 1, M: 2, N: 1, P: 12, Q: 1, R: 3, S: 1 } });
  const fills = (outer: string): number =>
    at(
      problem,
      readMapText(`DRAM [ Weights:1 Inputs:1 Outputs:1 ]\n${outer}\nbuffer [ Weights:1 Inputs:1 Outputs:1 ]\n| for P in [0:4)\n| for R in [0:3)\n`),
      'buffer',
      'Inputs',
    ).fills;

  it('keep the halo of a straight way: 6 + 4 + 4 of 14 words', () => expect(fills('| for M in [0:2)\n| for P in [0:3)')).toBe(14 + 14));

  it('bring the tile anew where a loop that does not move it stands inside', () => expect(fills('| for P in [0:3)\n| for M in [0:2)')).toBe(3 * 6));
});

it('passes words from element to element where these lie beside one another', () => {
  const problem = readProblem({ shape: CONV, instance: { C: 4, M: 16, N: 1, P: 1, Q: 1, R: 1, S: 1 } });
  const nest = (inner: string): TimeloopMapping => readMapText(`DRAM [ Weights:1 Inputs:1 Outputs:1 ]\n| for C in [0:4)\n| for M in [0:2)\n${inner}`);
  // All eight elements multiply one input by weights of their own; in the second round it lies with a neighbour.
  expect(at(problem, nest('elements [ ]\n| for M in [0:8) (Spatial-X)\n'), 'DRAM', 'Inputs').reads).toBe(4);
  // Without neighbours everybody asks.
  expect(at(problem, nest('elements [ ]\n| for M in [0:8)\n'), 'DRAM', 'Inputs').reads).toBe(4 * 2 * 8);
});

describe('a Gemmini-like machine', () => {
  const problem = readProblem({ shape: 'cnn-layer', R: 1, S: 1, P: 128, Q: 1, C: 768, K: 768, N: 1, Wstride: 1, Hstride: 1, Wdilation: 1, Hdilation: 1 });
  const mapping = readDosaMapping('L3[WIO] K6 - L2[WI] N1 K16X - L1[O] K8 C48 P4 C16X - L0[W] P32');
  const machine = (accumulatorWords: number): TimeloopMachine =>
    gemminiLikeMachine({
      rows: 16,
      columns: 16,
      accumulator: { words: 2 ** 14, wordBits: 32, sharedBandwidth: accumulatorWords },
      scratchpad: { words: 2 ** 20, wordBits: 8, sharedBandwidth: 32 },
      dram: { wordBits: 8, sharedBandwidth: 8 },
    });
  const steps = 6 * 8 * 48 * 4 * 32;

  it('takes as long as its slowest part', () => {
    expect(evaluateMapping(problem, machine(2), mapping)).toMatchObject({ cycles: steps, computeCycles: steps, utilisation: 1 });
    // Each step updates and reads a sum of each column: one word a cycle takes twice as long.
    expect(evaluateMapping(problem, machine(1), mapping).cycles).toBe(2 * steps);
  });

  it('states what it demands of each port', () => {
    const { demands, capacities } = mappingDemands(problem, machine(2), mapping);
    const [weights, inputs, outputs] = [768 * 768, 768 * 128, 768 * 128];
    expect(Object.fromEntries(demands.map(({ resource, amount }) => [resource, amount]))).toEqual({
      MACC: 128 * 768 * 768,
      'DRAM shared port': weights + inputs + outputs,
      'Scratchpad shared port': 2 * weights + inputs + 16 * steps,
      'Accumulator shared port': 2 * steps,
    });
    expect(capacities.find(({ resource }) => resource === 'Accumulator')).toMatchObject({ bytes: 4 * 8 * 128, capacityBytes: 4 * 2 ** 14 });
  });

  it('is written as it was read', () => expect(dosaText(mapping)).toBe('L3[WIO] K6 - L2[WI] K16X - L1[O] K8 C48 P4 C16X - L0[W] P32'));

  it.each([
    ['L3[WIO] K6 - L2[WI] N1', /levels are not L3, L2, L1, L0/],
    ['L3[WIO] K6 - L2[WI] N1 - L1[O] Z8 - L0[W] N1', /'Z8' is no loop/],
    ['K6', /is no level/],
  ])('refuses %s', (text, message) => expect(() => readDosaMapping(text)).toThrow(message));
});

it('covers what factors do not divide', () => {
  const problem = readProblem({ shape: 'cnn-layer', R: 1, S: 1, P: 1024, Q: 1, C: 1, K: 1, N: 1 });
  const mapping = readMapText('DRAM [ Weights:1 Inputs:1 Outputs:1 ]\n| for P in [0:13)\nbuffer [ Weights:1 Inputs:80 Outputs:80 ]\n| for P in [0:80,64)\n');
  const { computeCycles } = analyseTiles(problem, mapping);
  expect(computeCycles).toBe(12 * 80 + 64);
  expect(at(problem, mapping, 'DRAM', 'Inputs').reads).toBe(1024);
  expect(at(problem, mapping, 'buffer', 'Inputs').tile).toBe(80);
});

it('says what does not fit', () => {
  const problem = readProblem({ shape: 'cnn-layer', R: 1, S: 1, P: 8, Q: 1, C: 1, K: 1, N: 1 });
  const map = (size: number, level = 'buffer'): TimeloopMapping =>
    readMapText(`DRAM [ Weights:1 Inputs:1 Outputs:1 ]\n| for P in [0:1)\n${level} [ Inputs:1 Outputs:1 ]\n| for P in [0:${size})\n`);
  const machine: TimeloopMachine = {
    name: 'm',
    countsFirstFills: false,
    compute: { name: 'mac', instances: 1 },
    levels: ['DRAM', 'buffer'].map((name) => ({
      name,
      instances: 1,
      wordBits: 8,
      blockSize: 1,
      clusterSize: 1,
      multipleBuffering: name === 'DRAM' ? 1 : 2,
      sizeWords: 24,
    })),
  };
  expect(() => evaluateMapping(problem, machine, map(4))).toThrow(/cover 4 of 8/);
  expect(() => evaluateMapping(problem, machine, map(8))).toThrow(/take 16 words of buffer; expected at most 12/);
  expect(() => evaluateMapping(problem, machine, map(8, 'other'))).toThrow(/no level 'other'/);
});

describe('whatever the factors', () => {
  const factor = fc.integer({ min: 1, max: 5 });
  const factors = fc.array(factor, { minLength: 12, maxLength: 12 });
  const problemOf = ([c1, c2, m1, m2, p1, p2, r1, r2, , ,]: readonly number[]): ReturnType<typeof readProblem> =>
    readProblem({ shape: CONV, instance: { C: c1! * c2!, M: m1! * m2!, N: 1, P: p1! * p2!, Q: 1, R: r1! * r2!, S: 1 } });
  const mappingOf = ([c1, c2, m1, m2, p1, p2, r1, r2]: readonly number[]): TimeloopMapping =>
    readMapText(
      `DRAM [ Weights:1 Inputs:1 Outputs:1 ]\n| for C in [0:${c1})\n| for M in [0:${m1})\n| for P in [0:${p1})\n| for R in [0:${r1})\nbuffer [ Weights:1 Inputs:1 Outputs:1 ]\n| for P in [0:${p2})\n| for R in [0:${r2})\n| for C in [0:${c2})\n| for M in [0:${m2})\n`,
    );

  it('no level passes on more than operations ask for, nor less than the tensor', () => {
    fc.assert(
      fc.property(factors, (some) => {
        const problem = problemOf(some);
        const mapping = mappingOf(some);
        const { computes } = analyseTiles(problem, mapping);
        for (const { name } of problem.dataSpaces.filter(({ readWrite }) => !readWrite)) {
          const dram = at(problem, mapping, 'DRAM', name);
          expect(dram.reads).toBeGreaterThanOrEqual(dram.tile);
          expect(dram.reads).toBeLessThanOrEqual(computes);
          expect(at(problem, mapping, 'buffer', name)).toMatchObject({ reads: computes, fills: dram.reads });
        }
        const outputs = at(problem, mapping, 'DRAM', 'Outputs');
        expect(outputs.reads).toBe(outputs.updates - outputs.tile);
      }),
      { numRuns: 60 },
    );
  });
});

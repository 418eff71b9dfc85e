import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalNest,
  checkNest,
  compareNests,
  formatNest,
  InputError,
  lastFactors,
  nestDigest,
  parseSchedule,
  sameNest,
  scheduleLines,
  type LoopNest,
} from '../../../../core/index.js';
import { mappingProblems } from '../../../../core/run/check-mappings.js';
import { caseCount } from '../../../many.js';
import { gemm, nestOf, nestSeed } from './layers.js';

/** Weights cut one loop further outside than inputs and outputs; K does not divide; rows on four cores. */
const uneven: LoopNest = {
  levels: [
    {
      storage: { I: 'dram', W: 'dram', O: 'dram' },
      loops: [
        { loop: 'K', size: 3, kind: 'temporal' },
        { loop: 'OX', size: 4, kind: 'spatial', axis: 'x' },
      ],
    },
    { storage: { W: 'core{x}.l1' }, loops: [{ loop: 'OX', size: 4, kind: 'temporal' }] },
    {
      storage: { O: 'core{x}.l1', I: 'core{x}.l1' },
      loops: [
        { loop: 'OX', size: 4, kind: 'temporal' },
        { loop: 'K', size: 8, last: 5, kind: 'temporal' },
        { loop: 'C', size: 16, kind: 'temporal' },
      ],
    },
  ],
};
const layer = { loops: { OX: 64, K: 21, C: 16 }, operands: ['I', 'W', 'O'] };
const cores = [0, 1, 2, 3].map((core) => `core${core}.l1`);
const machine = { axes: { x: 4 }, hasMemory: (path: string) => path === 'dram' || cores.includes(path), memories: ['dram', ...cores] };

function problemsOf(nest: LoopNest, of = layer): string {
  try {
    checkNest(nest, of, machine, 'mappings.gemm');
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return '';
}

function changed(change: (nest: { levels: { storage: Record<string, string>; loops: Record<string, unknown>[] }[] }) => void): LoopNest {
  const copy = structuredClone(uneven) as unknown as Parameters<typeof change>[0];
  change(copy);
  return copy as unknown as LoopNest;
}

describe('checkNest', () => {
  it('accepts an uneven nest with an imperfect factor', () => {
    expect(problemsOf(uneven)).toBe('');
  });

  it.each<[string, LoopNest, string]>([
    [
      'a size not covered',
      changed((nest) => delete nest.levels[2]!.loops[1]!['last']),
      'mappings.gemm.levels: loop K of 21 is covered by 3 x 8, which is 24; expected last factors 3 x 5',
    ],
    [
      'factors that are too few',
      changed((nest) => nest.levels[2]!.loops.splice(2)),
      'loop C of 16 is covered by no loop, which is 1; expected factors of at least 16',
    ],
    [
      'a last turn beyond the size',
      changed((nest) => (nest.levels[2]!.loops[1]!['last'] = 9)),
      'mappings.gemm.levels.2.loops.1.last: the last turn of loop K has 9 steps; expected 1 to 8',
    ],
    [
      'an unknown loop',
      changed((nest) => (nest.levels[0]!.loops[0]!['loop'] = 'M')),
      "mappings.gemm.levels.0.loops.0.loop: the layer has no loop 'M'; expected OX, K, C",
    ],
    [
      'an unknown operand',
      changed((nest) => (nest.levels[1]!.storage['V'] = 'dram')),
      'mappings.gemm.levels.1.storage.V: the layer has no operand V; expected I, W, O',
    ],
    ['an operand stored nowhere', changed((nest) => [0, 1].forEach((level) => delete nest.levels[level]!.storage['W'])), 'operand W is stored nowhere'],
    [
      'an unknown memory',
      changed((nest) => (nest.levels[1]!.storage['W'] = 'core{x}.l2')),
      "mappings.gemm.levels.1.storage.W: the machine has no memory 'core0.l2'; expected dram, core0.l1",
    ],
    ['an unknown axis in a path', changed((nest) => (nest.levels[1]!.storage['W'] = 'core{y}.l1')), "'core{y}.l1' names axis 'y'; expected x"],
    [
      'an unknown axis',
      changed((nest) => (nest.levels[0]!.loops[1]!['axis'] = 'y')),
      "mappings.gemm.levels.0.loops.1.axis: the machine has no axis 'y'; expected x",
    ],
    ['a temporal loop on an axis', changed((nest) => (nest.levels[0]!.loops[0]!['axis'] = 'x')), 'loop K is temporal and has an axis'],
    [
      'too many instances',
      changed((nest) => Object.assign(nest.levels[1]!.loops[0]!, { kind: 'spatial', axis: 'x' })),
      "mappings.gemm.levels.1.loops.0.axis: 16 instances do not fit axis 'x' of 4; expected at most 4",
    ],
  ])('names %s and its place', (_, nest, message) => {
    expect(problemsOf(nest)).toContain(message);
  });

  it('knows the last factors of every size', () => {
    const factors = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(factors, fc.nat(1000), (sizes, n) => {
        const size = (n % sizes.reduce((a, b) => a * b, 1)) + 1;
        const lasts = lastFactors(sizes, size)!;
        const loops = sizes.map((each, i) => ({ loop: 'K', size: each, last: lasts[i]!, kind: 'temporal' as const }));
        checkNest({ levels: [{ storage: { O: 'm' }, loops }] }, { loops: { K: size }, operands: ['O'] });
        expect(lastFactors(sizes, sizes.reduce((a, b) => a * b, 1) + 1)).toBeUndefined();
      }),
      { numRuns: caseCount(500) },
    );
  });
});

describe('a nest as a value', () => {
  it('is printed', () => {
    expect(formatNest(uneven)).toBe(
      [
        '[dram: I O W]',
        'for K in 3',
        '  spatial OX in 4 on x',
        '    [core{x}.l1: W]',
        '    for OX in 4',
        '      [core{x}.l1: I O]',
        '      for OX in 4',
        '        for K in 8 (last 5)',
        '          for C in 16',
      ].join('\n'),
    );
  });

  it('equals another that differs in loops of one step, order of operands and what is said twice', () => {
    const other = changed((nest) => {
      nest.levels[0]!.storage = { O: 'dram', W: 'dram', I: 'dram' };
      nest.levels[0]!.loops[0]!['last'] = 3;
      nest.levels[1]!.loops.push({ loop: 'C', size: 1, kind: 'temporal' });
      nest.levels.splice(1, 0, { storage: {}, loops: [{ loop: 'C', size: 1, kind: 'spatial', axis: 'x' }] });
    });
    expect(compareNests(uneven, other)).toBeUndefined();
    expect(sameNest(uneven, other)).toBe(true);
    expect(nestDigest(other)).toBe(nestDigest(uneven));
    expect(canonicalNest(other)).toEqual(canonicalNest(uneven));
  });

  it.each<[LoopNest, string]>([
    [changed((nest) => delete nest.levels[1]!.storage['W']), 'level 1: operand W lies in core{x}.l1, on the other side bypasses it'],
    [changed((nest) => (nest.levels[2]!.storage['W'] = 'core{x}.l1')), 'level 2: operand W bypasses it, on the other side lies in core{x}.l1'],
    [changed((nest) => nest.levels[0]!.loops.reverse()), "level 0, loop 0: 'for K in 3', on the other side 'spatial OX in 4 on x'"],
    [changed((nest) => (nest.levels[2]!.loops[1]!['last'] = 4)), "level 2, loop 1: 'for K in 8 (last 5)', on the other side 'for K in 8 (last 4)'"],
    [changed((nest) => nest.levels.pop()), 'level 2 exists on the left side only'],
  ])('says where it differs from another', (other, message) => {
    expect(compareNests(uneven, other)?.message).toBe(message);
    expect(nestDigest(other)).not.toBe(nestDigest(uneven));
  });

  it('keeps digest and text through its canonical form', () => {
    fc.assert(
      fc.property(nestSeed(3, 3), (seed) => {
        const nest = nestOf(gemm(5, 6, 7).layer, seed, (level) => `m${level}`);
        const canonical = canonicalNest(nest);
        expect(canonicalNest(canonical)).toEqual(canonical);
        expect(nestDigest(canonical)).toBe(nestDigest(nest));
      }),
      { numRuns: caseCount(200) },
    );
  });
});

const SCHEDULE = `tesseraSchedule: 1
name: named
tensors: { O: { dims: { M: 64, N: 21 }, format: int8, role: output, home: dram } }
buffers: {}
layers: { gemm: { operator: gemm, loops: { OX: 64, K: 21, C: 16 } } }
mappings:
  rows: ${JSON.stringify(uneven)}
operations:
  - { kind: compute, queue: pe, layer: gemm, operator: gemm, mapping: rows, loops: { OX: 64, K: 21, C: 16 }, writes: [{ tensor: O }] }
`;

describe('a schedule with mappings', () => {
  it('is read, written and read again', () => {
    const schedule = parseSchedule(SCHEDULE, 'a.yaml');
    expect(schedule.mappings).toEqual({ rows: uneven });
    expect([...schedule.operations][0]?.mapping).toBe('rows');
    const again = parseSchedule([...scheduleLines(schedule)].join('\n'), 'a.ndjson');
    expect(again.mappings).toEqual(schedule.mappings);
    expect([...again.operations]).toEqual([...schedule.operations]);
  });

  it.each([
    ['mapping: rows', 'mapping: row', "a.yaml:9:71: operations.0.mapping: no mapping 'row' in the schedule; expected rows; did you mean 'rows'?"],
    [
      '{ OX: 64, K: 21, C: 16 } } }',
      '{ OX: 64, N: 21, C: 16 } } }',
      "operations.0.mapping: mapping 'rows' turns loop 'K', which layer 'gemm' does not have; expected OX, N or C",
    ],
    ['"kind":"spatial"', '"kind":"space"', 'a.yaml:7'],
  ])('refuses what is wrong: %s -> %s', (from, to, message) => {
    expect(() => parseSchedule(SCHEDULE.replace(from, to), 'a.yaml')).toThrow(message);
  });

  it('refuses storage of operands that a layer with operands does not have', () => {
    const { operations, ...header } = parseSchedule(SCHEDULE, 'a.yaml');
    const operands = { O: { tensor: 'O', role: 'output' as const, map: { kind: 'index' as const, expressions: [] } } };
    const layers = { gemm: { ...header.layers!['gemm']!, operands } };
    const [problem] = mappingProblems({ ...header, layers }, [...operations]);
    expect(problem).toMatchObject({
      path: 'operations.0.mapping',
      message: "mapping 'rows' stores operand 'I', which layer 'gemm' does not have",
      expected: 'O',
    });
    expect(mappingProblems(header, [...operations])).toEqual([]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitSerialPlugin } from '../../../../plugins/cores/bit-serial/index.js';
import { gemm, runCore } from '../support/compute-bench.js';
import { caseCount } from '../../../many.js';

const array = { rows: 8, columns: 16, lanes: 4 };
const withBits = (weight: number, input: number): ReturnType<typeof gemm> => gemm(32, 64, 256, { bits: { W: weight, I: input } });
const blocks = Math.ceil(32 / 8) * Math.ceil(64 / 16) * Math.ceil(256 / 4);
const cyclesOf = (config: Readonly<Record<string, unknown>>, weight: number, input: number): number =>
  runCore(bitSerialPlugin, { ...array, ...config }, [withBits(weight, input)]).cycles[0]!;

describe('bit-serial passes', () => {
  it('takes weight bits over bits a cycle for serial weights, whatever the inputs', () => {
    for (let bits = 2; bits <= 16; bits++) {
      expect(cyclesOf({ serial: 'weights', weightBitsPerCycle: 1 }, bits, 16)).toBe(blocks * bits);
      expect(cyclesOf({ serial: 'weights', weightBitsPerCycle: 2 }, bits, 4)).toBe(blocks * Math.ceil(bits / 2));
    }
  });

  it('takes the input bits for a Stripes array and the product of both for a Loom array', () => {
    expect(cyclesOf({ serial: 'inputs' }, 16, 5)).toBe(blocks * 5);
    expect(cyclesOf({ serial: 'both', weightBitsPerCycle: 1 }, 3, 5)).toBe(blocks * 15);
    expect(cyclesOf({ serial: 'both', weightBitsPerCycle: 2, inputBitsPerCycle: 2 }, 8, 4)).toBe(blocks * 8);
  });

  it('is an ordinary parallel array when nothing is serial', () => {
    expect(cyclesOf({ serial: 'none' }, 4, 4)).toBe(blocks);
    expect(cyclesOf({ serial: 'none', pipelineCycles: 7 }, 16, 16)).toBe(blocks + 7);
  });

  it('computes the whole bits of 3.06, 4.06, 5.06 and 6.06 bits in 2, 2, 3 and 3 passes, as BitMoD does', () => {
    for (const [bits, passes] of [
      [3.06, 2],
      [4.06, 2],
      [5.06, 3],
      [6.06, 3],
      [8, 4],
    ] as const) {
      expect(cyclesOf({ serial: 'weights', weightBitsPerCycle: 2 }, bits, 16)).toBe(blocks * passes);
    }
  });

  it('mixes precisions operation by operation', () => {
    const run = runCore(bitSerialPlugin, { ...array, serial: 'weights', weightBitsPerCycle: 1 }, [withBits(8, 8), withBits(4, 8), withBits(2, 8)]);
    expect(run.cycles).toEqual([8 * blocks, 4 * blocks, 2 * blocks]);
    expect(run.statistics['peCycles']).toBe((32 * 64 * 256 * (8 + 4 + 2)) / 4);
  });
});

describe('bit-serial and memory', () => {
  const memory = { bytesPerCycle: 64, latencyCycles: 2 };

  it('moves fewer bytes for fewer bits', () => {
    const read = (bits: number): number => runCore(bitSerialPlugin, { rows: 32, columns: 64, lanes: 4 }, [withBits(bits, 8)], memory).statistics['bytesRead']!;
    expect(read(8)).toBe(64 * 256 + 32 * 256);
    expect(read(4)).toBe((64 * 256) / 2 + 32 * 256);
  });

  it('transfers group metadata without computing it', () => {
    const config = { rows: 32, columns: 64, lanes: 4 };
    const plain = runCore(bitSerialPlugin, config, [gemm(32, 64, 256, { formats: { W: 'int4' } })], memory);
    const grouped = runCore(bitSerialPlugin, config, [gemm(32, 64, 256, { formats: { W: 'int4-g128' } })], memory);
    const configured = runCore(
      bitSerialPlugin,
      { ...config, weightGroupSize: 128, weightGroupBits: 16 },
      [gemm(32, 64, 256, { formats: { W: 'int4' } })],
      memory,
    );
    const scales = (64 * 256 * 16) / 128 / 8;
    expect(grouped.statistics['bytesRead']! - plain.statistics['bytesRead']!).toBe(scales);
    // The scales lie behind a region that was sized without them: read in two passes, each rounded up to a byte.
    expect(Math.abs(configured.statistics['bytesRead']! - grouped.statistics['bytesRead']!)).toBeLessThanOrEqual(1);
    const alone = (format: string): number => runCore(bitSerialPlugin, config, [gemm(32, 64, 256, { formats: { W: format } })]).cycles[0]!;
    expect(alone('int4-g128')).toBe(alone('int4'));
  });

  it('is never faster than closed form or bandwidth and keeps its books', () => {
    const configs = fc.record({
      rows: fc.integer({ min: 1, max: 16 }),
      columns: fc.integer({ min: 1, max: 16 }),
      lanes: fc.integer({ min: 1, max: 8 }),
      serial: fc.constantFrom('none', 'weights', 'inputs', 'both'),
    });
    const size = fc.integer({ min: 1, max: 60 });
    const bits = fc.integer({ min: 2, max: 16 });
    fc.assert(
      fc.property(configs, size, size, size, bits, fc.constantFrom(1, 7, 64), (config, m, n, k, weightBits, bytesPerCycle) => {
        const sketch = gemm(m, n, k, { bits: { W: weightBits } });
        const run = runCore(bitSerialPlugin, config, [sketch], { bytesPerCycle, latencyCycles: 3 });
        expect(run.cycles[0]).toBeGreaterThanOrEqual(runCore(bitSerialPlugin, config, [sketch]).cycles[0]!);
        const bytes = run.statistics['bytesRead']! + run.statistics['bytesWritten']!;
        expect(bytes).toBe(run.memory['bytesRead']! + run.memory['bytesWritten']!);
        expect(run.statistics['bytesWritten']).toBe(4 * m * n);
        expect(run.cycles[0]).toBeGreaterThanOrEqual(bytes / bytesPerCycle);
        expect(Object.values(run.stalls).reduce((a, b) => a + b, 0)).toBe(run.endCycle);
      }),
      { numRuns: caseCount(100) },
    );
  });

  it('more bits a cycle are never slower', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 16 }), fc.integer({ min: 1, max: 8 }), (weightBits, perCycle) => {
        const at = (bitsPerCycle: number): number => cyclesOf({ serial: 'weights', weightBitsPerCycle: bitsPerCycle }, weightBits, 8);
        expect(at(perCycle + 1)).toBeLessThanOrEqual(at(perCycle));
      }),
      { numRuns: 30 },
    );
  });
});

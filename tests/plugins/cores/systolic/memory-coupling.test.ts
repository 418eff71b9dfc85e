import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systolicPlugin } from '../../../../plugins/cores/systolic/index.js';
import { gemm, runCore, type ComputeSketch } from '../support/compute-bench.js';
import { accessLatency } from '../support/stream-memory.js';
import { caseCount } from '../../../many.js';

const BYTES = { formats: { W: 'int8', I: 'int8', O: 'int8' } };
const flows = ['weight-stationary', 'output-stationary', 'input-stationary'] as const;

const closedForm = (config: Readonly<Record<string, unknown>>, sketch: ComputeSketch): number => runCore(systolicPlugin, config, [sketch]).cycles[0]!;

const sum = (record: Readonly<Record<string, number>>): number => Object.values(record).reduce((total, value) => total + value, 0);

describe('systolic with a memory that delivers one vector a cycle on each of three ports', () => {
  const size = 16;
  const memory = { bytesPerCycle: size, latencyCycles: 5, ports: 3 };
  const latency = accessLatency(memory);

  it('adds the latency of the first access and of the last acknowledgement, nothing else', () => {
    for (const dataflow of flows) {
      for (const [overlap, foldsPerBurst] of [
        [false, 1],
        [true, 1],
        [false, 3],
        [true, 3],
      ] as const) {
        const config = { rows: size, columns: size, dataflow, overlapFill: overlap, overlapDrain: overlap, foldsPerBurst };
        for (const shape of [gemm(64, 16, 16, BYTES), gemm(64, 64, 64, BYTES), gemm(160, 48, 32, BYTES)]) {
          const { cycles } = runCore(systolicPlugin, config, [shape], memory);
          // A stationary tile is loaded within the fill; a first moving vector takes a cycle of its own on the way.
          const first = dataflow === 'output-stationary' ? latency + 1 : latency;
          expect(cycles[0]! - closedForm(config, shape)).toBe(first + latency);
        }
      }
    }
  });

  it('books the first access as waiting for memory and the last as waiting for the output', () => {
    const config = { rows: size, columns: size };
    const { stalls, cycles } = runCore(systolicPlugin, config, [gemm(64, 16, 16, BYTES)], memory);
    expect(stalls).toMatchObject({ 'wait-memory': latency, 'wait-input': 0, 'wait-output': latency });
    expect(stalls['busy']).toBe(cycles[0]! - 2 * latency);
  });
});

describe('systolic with any memory', () => {
  const scenarios = fc.record({
    rows: fc.integer({ min: 1, max: 20 }),
    columns: fc.integer({ min: 1, max: 20 }),
    dataflow: fc.constantFrom(...flows),
    overlapFill: fc.boolean(),
    overlapDrain: fc.boolean(),
    accumulatorBytes: fc.constantFrom(0, 256, 1 << 20),
    foldsPerBurst: fc.integer({ min: 1, max: 5 }),
    prefetchFolds: fc.integer({ min: 0, max: 3 }),
    resultBufferFolds: fc.integer({ min: 1, max: 3 }),
  });
  const memories = fc.record({
    bytesPerCycle: fc.constantFrom(1, 3, 16, 64, Infinity),
    latencyCycles: fc.integer({ min: 0, max: 40 }),
    ports: fc.integer({ min: 1, max: 3 }),
  });
  const size = fc.integer({ min: 1, max: 70 });

  it('is never faster than closed form or bandwidth, conserves bytes, and its stall classes sum to the run', () => {
    fc.assert(
      fc.property(scenarios, memories, size, size, size, (config, memory, m, n, k) => {
        const shape = gemm(m, n, k);
        const run = runCore(systolicPlugin, config, [shape, shape], memory);
        const { statistics, cycles } = run;
        expect(Math.min(...cycles)).toBeGreaterThanOrEqual(closedForm(config, shape));
        expect(statistics['bytesRead']).toBe(run.memory['bytesRead']);
        expect(statistics['bytesWritten']).toBe(run.memory['bytesWritten']);
        expect(run.endCycle).toBeGreaterThanOrEqual((statistics['bytesRead']! + statistics['bytesWritten']!) / memory.bytesPerCycle / memory.ports);
        expect(statistics['bytesRead']).toBeGreaterThanOrEqual(2 * (m * k + n * k));
        expect(sum(run.stalls)).toBe(run.endCycle);
        expect(run.machine.transactions.inFlight).toBe(0);
        // Operands lie one after another, 64-byte aligned: nothing is read or written behind the last.
        const align = (bytes: number): number => Math.ceil(bytes / 64) * 64;
        expect(run.memory['highestByte']).toBeLessThanOrEqual(align(n * k) + align(m * k) + align(4 * m * n));
      }),
      { numRuns: caseCount(150) },
    );
  });

  it('moves several folds at a time with the same bytes and little more time', () => {
    fc.assert(
      fc.property(memories, size, size, size, fc.integer({ min: 2, max: 6 }), (memory, m, n, k, foldsPerBurst) => {
        const config = { rows: 8, columns: 8, overlapFill: true, overlapDrain: true };
        const fine = runCore(systolicPlugin, config, [gemm(m, n, k)], memory);
        const coarse = runCore(systolicPlugin, { ...config, foldsPerBurst }, [gemm(m, n, k)], memory);
        expect(coarse.statistics['bytesRead']).toBe(fine.statistics['bytesRead']);
        expect(coarse.statistics['folds']).toBe(fine.statistics['folds']);
        expect(coarse.statistics['readBursts']).toBeLessThanOrEqual(fine.statistics['readBursts']!);
        // What waits for a whole burst waits at most for one step's operands longer than for one fold's.
        const stepBytes = foldsPerBurst * 8 * (m + Math.min(n, 8));
        expect(coarse.cycles[0]!).toBeLessThanOrEqual(fine.cycles[0]! + stepBytes / memory.bytesPerCycle + 2 * (memory.latencyCycles + 2));
      }),
      { numRuns: caseCount(100) },
    );
  });

  it('gives the same run twice', () => {
    const config = { rows: 7, columns: 5 };
    const memory = { bytesPerCycle: 6, latencyCycles: 9 };
    const once = runCore(systolicPlugin, config, [gemm(33, 21, 40)], memory);
    const again = runCore(systolicPlugin, config, [gemm(33, 21, 40)], memory);
    expect([again.cycles, again.stalls, again.statistics]).toEqual([once.cycles, once.stalls, once.statistics]);
  });

  it('is bound by the memory when that is slow', () => {
    const run = runCore(systolicPlugin, { rows: 16, columns: 16 }, [gemm(256, 16, 16, BYTES)], { bytesPerCycle: 1, latencyCycles: 0 });
    const bytes = 16 * 16 + 256 * 16 + 256 * 16;
    expect(run.cycles[0]).toBeGreaterThanOrEqual(bytes);
    expect(run.cycles[0]).toBeLessThan(bytes + 64);
    expect(run.stalls['wait-input']! + run.stalls['wait-output']!).toBeGreaterThan(bytes / 2);
  });
});

describe('SRAM traffic of the SCALE-Sim dataflows, words of one byte', () => {
  const [m, n, k] = [50, 40, 70];
  const base = { rows: 16, columns: 16, accumulatorBits: 8 };
  const run = (dataflow: string, accumulatorBytes: number): Readonly<Record<string, number>> =>
    runCore(systolicPlugin, { ...base, dataflow, accumulatorBytes }, [gemm(m, n, k, BYTES)], { bytesPerCycle: 64, latencyCycles: 1 }).statistics;
  const [fm, fn, fk] = [Math.ceil(m / 16), Math.ceil(n / 16), Math.ceil(k / 16)];

  it('output-stationary: M K fc inputs, N K fr weights, M N outputs', () => {
    expect(run('output-stationary', 0)).toMatchObject({ bytesRead: m * k * fn + n * k * fm, bytesWritten: m * n });
  });

  it('weight-stationary: M K fc inputs, K N weights; partial sums out and in when no accumulator keeps them', () => {
    expect(run('weight-stationary', 0)).toMatchObject({ bytesRead: m * k * fn + k * n + m * n * (fk - 1), bytesWritten: m * n * fk });
    expect(run('weight-stationary', 1 << 16)).toMatchObject({ bytesRead: m * k * fn + k * n, bytesWritten: m * n });
  });

  it('input-stationary: M K inputs, N K fc weights', () => {
    expect(run('input-stationary', 0)).toMatchObject({ bytesRead: m * k + n * k * fm + m * n * (fk - 1), bytesWritten: m * n * fk });
  });

  it('adds to the sums of an earlier tile only when the reduction continues', () => {
    const read = (c: number): number =>
      runCore(systolicPlugin, base, [gemm(8, 8, 8, { ...BYTES, at: { C: c }, accumulate: true })], { bytesPerCycle: 64, latencyCycles: 1 }).statistics[
        'bytesRead'
      ]!;
    expect(read(0)).toBe(64 + 64);
    expect(read(8)).toBe(64 + 64 + 64);
  });

  it('reads a convolution input once for every filter tap, without leaving its region', () => {
    const conv: ComputeSketch = {
      operator: 'conv',
      loops: { K: 16, C: 4, OY: 8, OX: 8, FY: 3, FX: 3 },
      reads: { W: 16 * 36, I: 4 * 10 * 10 },
      writes: { O: 16 * 64 },
      ...BYTES,
    };
    const { statistics, memory } = runCore(systolicPlugin, base, [conv], { bytesPerCycle: 64, latencyCycles: 1 });
    const exact = 16 * 36 + 64 * 36;
    expect(statistics['bytesRead']).toBeGreaterThanOrEqual(exact);
    expect(statistics['bytesRead']).toBeLessThan(exact + 36);
    expect(memory['highestByte']).toBe(576 + 448 + 1024);
  });
});

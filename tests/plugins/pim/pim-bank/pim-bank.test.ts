import { noExtensions } from '../../../no-extensions.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClockDomain, type BlockPlugin, type OperationUnit } from '../../../../core/index.js';
import { completeConfig } from '../../../../core/plugin/plugin-config.js';
import { buildMachine, type Machine } from '../../../../core/machine/machine.js';
import { DramArray } from '../../../../plugins/memories/dram-simple/api.js';
import { pimBankPlugin } from '../../../../plugins/pim/pim-bank/index.js';
import type { PimConfig } from '../../../../plugins/pim/pim-bank/schema.js';
import { computeFeeder, gemm, type ComputeSketch } from '../../cores/support/compute-bench.js';
import { scriptedDriver, type ScriptedRequest } from '../../support/traffic-driver.js';

const plugin = pimBankPlugin as BlockPlugin;
const configOf = (config: Readonly<Record<string, unknown>>): PimConfig => completeConfig(plugin.configSchema, config, 'pim') as unknown as PimConfig;
const base = { channels: 1, tREFI: 0 };

/** y[n] = W[n, k] x[k] in 16-bit words. */
const gemv = (n: number, k: number, vectors = 1): ComputeSketch => gemm(vectors, n, k, { operator: 'gemv', formats: { W: 'fp16', I: 'fp16', O: 'fp16' } });

interface Outcome {
  readonly cycles: readonly number[];
  readonly ordinaryCycles: readonly number[];
  readonly statistics: Readonly<Record<string, number>>;
  readonly stalls: Readonly<Record<string, number>>;
  readonly machine: Machine;
}

function run(sketches: readonly ComputeSketch[], config: Readonly<Record<string, unknown>> = base, script: readonly ScriptedRequest[] = []): Outcome {
  const feeder = computeFeeder(sketches, () => machine.block('pim').unit as OperationUnit, 'pim');
  const driver = scriptedDriver(script);
  const machine: Machine = buildMachine({
    name: 'bench',
    clocks: { core: 1e9 },
    blocks: [
      { path: 'driver', plugin: driver.plugin, clock: 'core' },
      { path: 'feeder', plugin: feeder.plugin, clock: 'core' },
      { path: 'pim', plugin, config, clock: 'core' },
    ],
    connections: [{ from: 'driver.memory0', to: 'pim.port0' }],
  });
  machine.run();
  machine.finish();
  const { stalls, statistics } = machine.built('pim');
  return {
    cycles: feeder.endTicks.map((end, i) => (end - feeder.startTicks[i]!) / 1000),
    ordinaryCycles: driver.outcomes.map((outcome) => (outcome.doneTick - outcome.sentTick) / 1000),
    statistics,
    stalls: Object.fromEntries(stalls.classes.map((name, i) => [name, stalls.ticks[i]! / 1000])),
    machine,
  };
}

/** The commands of one kernel written down one after another, on a fresh DRAM for the parts that are ordinary accesses. */
function byHand(config: PimConfig, n: number, k: number): number {
  const array = new DramArray(config);
  const inputAddress = Math.ceil((n * k * 2) / 64) * 64;
  const outputAddress = inputAddress + Math.ceil((k * 2) / 64) * 64;
  let now = config.kernelStartCycles;
  const elementsOfRow = config.rowBytes / 2;
  for (let first = 0; first < k; first += elementsOfRow) {
    const elements = Math.min(elementsOfRow, k - first);
    now = array.serveRange(inputAddress + first * 2, inputAddress + (first + elements) * 2, false, now);
    now += Math.ceil((elements * 2) / 32) * config.broadcastCyclesPerColumn;
    for (let tile = 0; tile < Math.ceil(n / (16 * config.channels)); tile++) {
      for (const channel of array.channels) now = Math.max(now, channel.allBanksReady(now));
      const lastActivate = now + 3 * config.tFAW;
      const lastMac = lastActivate + config.tRCD + (Math.ceil(elements / 16) - 1) * config.tCCD;
      const resultRead = lastMac + config.tCCD + config.macPipelineCycles + config.tCL + 2;
      const banksReady = Math.max(lastActivate + config.tRAS, lastMac + config.tRTP) + config.tRP;
      now = Math.max(resultRead, banksReady);
      for (const channel of array.channels) channel.closeAllBanks(now, 0);
    }
  }
  return array.serveRange(outputAddress, outputAddress + n * 2, true, now);
}

describe('pim-bank, a kernel alone', () => {
  it('takes broadcast, row tiles and write-out, command by command', () => {
    for (const [n, k] of [
      [16, 512],
      [256, 512],
      [100, 300],
      [64, 2048],
      [256, 1000],
    ] as const) {
      expect(run([gemv(n, k)]).cycles[0]).toBe(byHand(configOf(base), n, k));
    }
  });

  it('opens one row per tile and chunk and sends one MAC command per column', () => {
    const { statistics } = run([gemv(256, 1024)]);
    expect(statistics).toMatchObject({ rowSteps: 16 * 2, macCommands: 16 * 2 * 32, broadcastBytes: 2048, macs: 256 * 1024, kernels: 1 });
  });

  it('keeps several short rows of the matrix in one row of a bank and opens it once for them', () => {
    const { statistics, cycles } = run([gemv(1024, 64)]);
    expect(statistics).toMatchObject({ rowSteps: 64 / 8, macCommands: 64 * 4, resultBytes: 64 * 32 });
    const tile = 4 * 2 + 6 + 14 + 2;
    const row = 90 + 14 + 8 * tile;
    const rest = cycles[0]! - 8 * row;
    const broadcast = 28 + 14 + 14 + 8 + 4 * 3;
    expect(rest).toBeGreaterThan(broadcast);
    expect(rest).toBeLessThan(broadcast + 14 + 14 + 4 + 128 + 20);
  });

  it('gives each output a bank row of its own when configured so', () => {
    expect(run([gemv(1024, 64)], { ...base, packRows: false }).statistics).toMatchObject({ rowSteps: 64, macCommands: 64 * 4, resultBytes: 64 * 32 });
  });

  it('may begin without a change of mode', () => {
    expect(run([gemv(64, 512)]).cycles[0]! - run([gemv(64, 512)], { ...base, kernelStartCycles: 0 }).cycles[0]!).toBe(28);
  });

  it('reads results once per tile when the buffer holds the whole vector, once per chunk when it does not', () => {
    expect(run([gemv(64, 2048)]).statistics['resultBytes']).toBe(4 * 4 * 32);
    expect(run([gemv(64, 2048)], { ...base, globalBufferBytes: 4096 }).statistics['resultBytes']).toBe(4 * 32);
  });

  it('shortens with an all-bank activation by three activation distances a row', () => {
    const grouped = run([gemv(256, 512)]).cycles[0]!;
    const together = run([gemv(256, 512)], { ...base, banksPerActivate: 16 }).cycles[0]!;
    expect(grouped - together).toBe(16 * 3 * 30);
  });

  it('repeats the matrix for every vector and every group', () => {
    const one = run([gemv(128, 512)]).statistics['rowSteps']!;
    expect(run([gemv(128, 512, 3)]).statistics['rowSteps']).toBe(3 * one);
    const heads: ComputeSketch = {
      operator: 'matmul',
      loops: { G: 4, K: 128, C: 512 },
      reads: { I: 2048, I2: 4 * 65536 },
      writes: { O: 512 },
      formats: { I: 'fp16', I2: 'fp16', O: 'fp16' },
    };
    expect(run([heads]).statistics['rowSteps']).toBe(4 * one);
  });

  it('is described within three per cent by the estimate of its facts', () => {
    const facts = plugin.describe({ path: 'pim', clock: new ClockDomain('core', 1e9), config: configOf(base) as never, ...noExtensions });
    if (facts.kind !== 'pim') throw new Error('not a pim');
    for (const [n, k] of [
      [256, 512],
      [1024, 1024],
      [4096, 512],
      [1024, 64],
    ] as const) {
      const tile = { operator: 'gemv', loops: { K: n, C: k }, bits: { W: 16, I: 16, O: 16 }, formats: {} };
      const simulated = run([gemv(n, k)]).cycles[0]!;
      expect(Math.abs(facts.tileCycles(tile) / simulated - 1)).toBeLessThan(0.03);
    }
  });

  it('beats streaming the weights over the bus when the matrix is large, and not when it is tiny', () => {
    const stream = (n: number, k: number): number => new DramArray(configOf(base)).serveRange(0, n * k * 2, false, 0);
    expect(stream(1024, 1024) / run([gemv(1024, 1024)]).cycles[0]!).toBeGreaterThan(4);
    expect(stream(4, 64) / run([gemv(4, 64)]).cycles[0]!).toBeLessThan(1);
  });

  it('refreshes between rows and takes longer for it', () => {
    const without = run([gemv(1024, 512)]).cycles[0]!;
    const { cycles, statistics } = run([gemv(1024, 512)], { channels: 1 });
    expect(statistics['refreshes']).toBe(Math.floor(cycles[0]! / 3900));
    // A refresh may begin while the last sums are still read from their latches.
    expect(cycles[0]! - without).toBeGreaterThan(statistics['refreshes']! * (260 - 30));
    expect(cycles[0]! - without).toBeLessThan(statistics['refreshes']! * (260 + 100));
  });
});

describe('pim-bank and ordinary accesses', () => {
  const reads = (count: number): ScriptedRequest[] =>
    Array.from({ length: count }, (_, i) => ({ atCycle: 200 * i, target: 'pim', address: 4096 * i, rowBytes: 64 }));

  it('serves them like a DRAM when no kernel runs', () => {
    const t = configOf(base);
    expect(run([], base, reads(1)).ordinaryCycles).toEqual([2 + t.controllerCycles + t.tRCD + t.tCL + 4]);
  });

  it('lets them in between two rows, at a price for both', () => {
    const kernelAlone = run([gemv(256, 512)]).cycles[0]!;
    const shared = run([gemv(256, 512)], base, reads(10));
    const alone = run([], base, reads(1)).ordinaryCycles[0]!;
    expect(shared.cycles[0]).toBeGreaterThan(kernelAlone);
    expect(Math.max(...shared.ordinaryCycles)).toBeGreaterThan(alone);
    expect(Math.max(...shared.ordinaryCycles)).toBeLessThan(600);
    expect(shared.stalls['wait-banks']).toBeGreaterThan(0);
  });

  it('or makes them wait for the end of the kernel, at no price for the kernel', () => {
    const kernelAlone = run([gemv(256, 512)]).cycles[0]!;
    const shared = run([gemv(256, 512)], { ...base, ordinaryAccess: 'after-kernel' }, reads(3));
    expect(shared.cycles[0]).toBe(kernelAlone);
    expect(shared.ordinaryCycles[0]).toBeGreaterThan(kernelAlone);
  });

  it('conserves bytes, keeps its books and is never faster than its units', () => {
    const configs = fc.record({
      channels: fc.integer({ min: 1, max: 3 }),
      banks: fc.constantFrom(4, 8, 16),
      lanes: fc.constantFrom(4, 16),
      globalBufferBytes: fc.constantFrom(256, 1024, 8192),
      ordinaryAccess: fc.constantFrom('row-boundary', 'after-kernel'),
      tREFI: fc.constantFrom(0, 2000),
    });
    const size = fc.integer({ min: 1, max: 700 });
    fc.assert(
      fc.property(configs, size, size, fc.integer({ min: 1, max: 2 }), fc.integer({ min: 0, max: 12 }), (config, n, k, vectors, count) => {
        const { cycles, statistics, stalls, machine, ordinaryCycles } = run([gemv(n, k, vectors)], config, reads(count));
        expect(statistics['bytesRead']).toBe(64 * count);
        expect(ordinaryCycles.every((value) => value > 0)).toBe(true);
        expect(statistics['macs']).toBe(n * k * vectors);
        expect(statistics['macs']! / ((config.channels * config.banks * config.lanes) / 2)).toBeLessThanOrEqual(cycles[0]!);
        expect(Object.values(stalls).reduce((a, b) => a + b, 0)).toBeCloseTo(machine.kernel.now / 1000, 6);
        expect(machine.transactions.inFlight).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  it('gives the same run twice', () => {
    const once = run([gemv(300, 700)], { channels: 2 }, reads(5));
    const again = run([gemv(300, 700)], { channels: 2 }, reads(5));
    expect([again.cycles, again.statistics, again.stalls]).toEqual([once.cycles, once.statistics, once.stalls]);
  });
});

describe('pim-bank, refusals', () => {
  it('says what it cannot execute', () => {
    expect(() => run([{ operator: 'softmax', reads: { I: 4 }, writes: { O: 4 } }])).toThrow(/do not execute operator 'softmax'/);
    expect(() => run([{ operator: 'gemv', reads: { I: 4 }, writes: { O: 4 } }])).toThrow(/needs operands W/);
  });
});

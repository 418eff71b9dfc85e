import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BlockPlugin } from '../../../../core/index.js';
import { buildMachine, type Machine } from '../../../../core/machine/machine.js';
import { uncontendedTransferCycles } from '../../../../plugins/dma/dma/closed-form.js';
import type { DmaConfig } from '../../../../plugins/dma/dma/config.js';
import { dmaPlugin } from '../../../../plugins/dma/dma/index.js';
import { sramPlugin } from '../../../../plugins/memories/sram/index.js';
import { operationFeeder, type OperationSketch } from '../../support/operation-feeder.js';
import { caseCount } from '../../../many.js';

const PERIOD = 1000;
const WIDTH_BYTES = 16;
const memoryConfig = { capacityBytes: 1 << 20, banks: 16, wordBits: 64, portWidthBits: WIDTH_BYTES * 8, accessLatencyCycles: 2 };

function run(config: Partial<DmaConfig>, sketches: readonly OperationSketch[], latencyCycles = 1) {
  let machine: Machine | undefined;
  const feeder = operationFeeder(sketches, () => machine!.block('dma').unit!);
  machine = buildMachine({
    name: 'dma under test',
    clocks: { core: 1e9 },
    blocks: [
      { path: 'dma', plugin: dmaPlugin as BlockPlugin, config: { widthBits: WIDTH_BYTES * 8, ...config }, clock: 'core' },
      { path: 'feeder', plugin: feeder.plugin, clock: 'core' },
      { path: 'far', plugin: sramPlugin as BlockPlugin, config: memoryConfig, clock: 'core' },
      { path: 'near', plugin: sramPlugin as BlockPlugin, config: memoryConfig, clock: 'core' },
    ],
    connections: [
      { from: 'dma.local', to: 'near.port0' },
      { from: 'dma.network', to: 'far.port0', latencyCycles },
    ],
  });
  machine.run();
  machine.finish();
  return { machine, cycles: feeder.endTicks.map((tick) => tick / PERIOD), dma: machine.built('dma') };
}

const copy = (bytes: number): OperationSketch => ({ form: {}, reads: [{ memory: 'far', rowBytes: bytes }], writes: [{ memory: 'near', rowBytes: bytes }] });

describe('uncontended closed form', () => {
  it('is exact for any number of equal bursts, buffers, latencies and widths', () => {
    const cases = fc.record({
      setupCycles: fc.nat(30),
      bursts: fc.integer({ min: 1, max: 40 }),
      beats: fc.integer({ min: 1, max: 20 }),
      outstandingBursts: fc.integer({ min: 1, max: 12 }),
      latencyCycles: fc.integer({ min: 1, max: 30 }),
      slowdown: fc.constantFrom(1, 2),
    });
    fc.assert(
      fc.property(cases, ({ setupCycles, bursts, beats, outstandingBursts, latencyCycles, slowdown }) => {
        // The four credits of a port must cover the way there and back, or the link sets the pace.
        fc.pre(4 * beats * slowdown > 2 * latencyCycles);
        const burstBytes = beats * WIDTH_BYTES;
        const config = { setupCycles, outstandingBursts, burstBytes, widthBits: (WIDTH_BYTES * 8) / slowdown };
        const { cycles } = run(config, [copy(bursts * burstBytes)], latencyCycles);
        // Memory: beats cycles of service, of which the last is followed by its latency of two.
        const expected = uncontendedTransferCycles({
          setupCycles,
          bursts,
          intervalCycles: beats * slowdown,
          readCycles: latencyCycles + beats - 1 + 2 + latencyCycles,
          writeCycles: 1 + beats - 1 + 2 + 1,
          outstandingBursts,
        });
        expect(cycles).toEqual([expected]);
      }),
      { numRuns: caseCount(150) },
    );
  });
});

describe('descriptors', () => {
  it('sets the next transfer up while this one moves data', () => {
    const [alone] = run({ setupCycles: 50 }, [copy(4096)]).cycles;
    const both = run({ setupCycles: 50 }, [copy(4096), copy(4096)]).cycles;
    expect(both[0]).toBe(alone);
    expect(both[1]! - alone!).toBe(4096 / WIDTH_BYTES);
  });

  it('takes one at a time when it may hold one', () => {
    const [first, second] = run({ setupCycles: 50, descriptorsInFlight: 1 }, [copy(4096), copy(4096)]).cycles;
    expect(second! - first!).toBe(first!);
  });
});

describe('statistics', () => {
  it('multicast writes every destination and reads once', () => {
    const operation = {
      form: {},
      reads: [{ memory: 'far', rowBytes: 2048 }],
      writes: [
        { memory: 'near', rowBytes: 2048 },
        { memory: 'near', address: 4096, rowBytes: 2048 },
      ],
    };
    const { dma, machine } = run({ burstBytes: 512 }, [operation]);
    expect(dma.statistics).toMatchObject({ transfers: 1, readBursts: 4, writeBursts: 8, bytesRead: 2048, bytesWritten: 4096, busyCycles: 256 });
    expect(machine.built('near').statistics['bytesWritten']).toBe(4096);
  });

  it('bytes are conserved, nothing is faster than the data path, the stall stack sums, and a run repeats itself', () => {
    const shape = fc.record({ rowBytes: fc.integer({ min: 1, max: 200 }), rows: fc.integer({ min: 1, max: 20 }), gap: fc.nat(64), toNear: fc.boolean() });
    const toSketch = ({ rowBytes, rows, gap, toNear }: { rowBytes: number; rows: number; gap: number; toNear: boolean }): OperationSketch => {
      const strided = { memory: toNear ? 'far' : 'near', rowBytes, rows, pitchBytes: rowBytes + gap };
      return { form: {}, reads: [strided], writes: [{ memory: toNear ? 'near' : 'far', address: 65536, rowBytes: rowBytes * rows }] };
    };
    const configs = fc.record({
      setupCycles: fc.nat(20),
      descriptorsInFlight: fc.integer({ min: 1, max: 4 }),
      burstBytes: fc.integer({ min: 1, max: 300 }),
      outstandingBursts: fc.integer({ min: 1, max: 8 }),
    });
    fc.assert(
      fc.property(configs, fc.array(shape, { minLength: 1, maxLength: 6 }), (config, shapes) => {
        const sketches = shapes.map(toSketch);
        const { dma, machine, cycles } = run(config, sketches);
        expect(run(config, sketches).cycles).toEqual(cycles);
        const bytes = shapes.reduce((sum, s) => sum + s.rowBytes * s.rows, 0);
        expect(dma.statistics).toMatchObject({ transfers: shapes.length, bytesRead: bytes, bytesWritten: bytes });
        expect(machine.built('near').statistics['bytesRead']! + machine.built('far').statistics['bytesRead']!).toBe(bytes);
        expect(Math.max(...cycles)).toBeGreaterThanOrEqual(bytes / WIDTH_BYTES);
        expect(dma.stalls.ticks.reduce((a, b) => a + b, 0)).toBe(machine.kernel.now);
        expect(dma.stalls.ticks[1]! / PERIOD).toBe(dma.statistics['busyCycles']);
        expect(machine.transactions.inFlight).toBe(0);
        expect(machine.kernel.unfinishedWaits()).toEqual([]);
      }),
      { numRuns: caseCount(100) },
    );
  });

  it('says what it waits for', () => {
    const far = run({ setupCycles: 10, outstandingBursts: 1, burstBytes: 1024 }, [copy(8192)], 200).dma.stalls;
    const share = Object.fromEntries(far.classes.map((name, i) => [name, far.ticks[i]! / PERIOD]));
    expect(share['busy']).toBe(512);
    expect(share['setup']).toBe(11);
    expect(share['wait-source']).toBeGreaterThan(8 * 400);
    expect(share['wait-destination']).toBeLessThan(8 * 10);
  });
});

describe('operations it cannot execute', () => {
  it.each([
    [{ form: { kind: 'compute' as const }, reads: [], writes: [] }, /executes transfers, not 'compute'/],
    [{ form: {}, reads: [], writes: [{ memory: 'near', rowBytes: 4 }] }, /reads at least one region/],
    [{ form: {}, reads: [{ memory: 'far', rowBytes: 8 }], writes: [{ memory: 'near', rowBytes: 4 }] }, /reads 8 bytes but writes 4/],
    [{ form: {}, reads: [{ memory: 'feeder', rowBytes: 4 }], writes: [{ memory: 'near', rowBytes: 4 }] }, /no way to feeder/],
  ])('%o', (sketch, message) => {
    expect(() => run({}, [sketch])).toThrow(message);
  });
});

import { noExtensions } from '../../../no-extensions.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BlockPlugin } from '../../../../core/index.js';
import { buildMachine } from '../../../../core/machine/machine.js';
import { dramPlugin } from '../../../../plugins/memories/dram/index.js';
import { scriptedDriver, type ScriptedRequest } from '../../support/traffic-driver.js';
import { caseCount } from '../../../many.js';

const plugin = dramPlugin as BlockPlugin;
const TCK_PS = 1e12 / Math.round(1e12 / 833);
/** One machine cycle is one DRAM clock: 833 ps. */
const HZ = Math.round(1e12 / 833);
const LINKS = 2;
const [nRCD, nCL, nBL, nRP] = [16, 16, 4, 16];
const BASE = { like: 'ramulator2', refresh: 'none' };
const ROW = 128 * 64;

function play(script: readonly ScriptedRequest[][], config: Readonly<Record<string, unknown>> = BASE) {
  const drivers = script.map((part) => scriptedDriver(part));
  const machine = buildMachine({
    name: 'bench',
    clocks: { core: HZ },
    blocks: [{ path: 'dram', plugin, config, clock: 'core' }, ...drivers.map((driver, i) => ({ path: `driver${i}`, plugin: driver.plugin, clock: 'core' }))],
    connections: drivers.map((_, i) => ({ from: `driver${i}.memory0`, to: `dram.port${i}` })),
  });
  machine.run();
  machine.finish();
  const built = machine.built('dram');
  return {
    cycles: drivers.map((driver) => driver.outcomes.map(({ sentTick, doneTick }) => Math.round((doneTick - sentTick) / TCK_PS))),
    statistics: built.statistics,
    built,
    kernel: machine.kernel,
  };
}

const read = (atCycle: number, address: number, rowBytes = 64, more: Partial<ScriptedRequest> = {}): ScriptedRequest => ({
  atCycle,
  target: 'dram',
  address,
  rowBytes,
  ...more,
});

describe('dram block', () => {
  it('answers a line after the closed form of its bank state, and the links', () => {
    const otherRow = ROW * 16;
    const { cycles, statistics } = play([[read(0, 0), read(500, 64), read(1000, otherRow)]]);
    const hit = LINKS + 1 + nCL + nBL;
    expect(cycles).toEqual([[hit + nRCD, hit, hit + nRP + nRCD]]);
    expect(statistics).toMatchObject({ reads: 3, linesRead: 3, rowMisses: 1, rowHits: 1, rowConflicts: 1, activates: 2, precharges: 1 });
  });

  it('answers a burst when its last line is there: one row at the rate of tCCD_L', () => {
    const { cycles, statistics } = play([[read(0, 0), read(500, 64, 64 * 100)]]);
    expect(cycles[0]![1]).toBe(LINKS + 1 + 99 * 6 + nCL + nBL);
    expect(statistics).toMatchObject({ linesRead: 101, rowHits: 100 });
  });

  it('splits strided bursts into the lines that they touch', () => {
    const { statistics } = play([[read(0, 60, 8, { rows: 10, pitchBytes: 256 }), read(1000, 0, 256, { rows: 4, pitchBytes: 256, kind: 'write' })]]);
    // Rows of 8 bytes that begin 60 bytes into a line touch two lines each; the dense burst is 16 lines.
    expect(statistics).toMatchObject({ linesRead: 20, linesWritten: 16, bytesRead: 80, bytesWritten: 1024 });
  });

  it('serves reads of a waiting write from it', () => {
    const { statistics } = play([[read(0, 0, 64 * 40, { kind: 'write' }), read(0, 64 * 30, 64)]], { ...BASE, mapping: 'ChRaBaRoCo' });
    expect(statistics.readsForwarded).toBe(1);
  });

  it('keeps time by tCK whatever clock the machine gives it, and costs no event while idle', () => {
    const { kernel, statistics } = play([[read(0, 0), read(1_000_000, 64)]], { like: 'ramulator2' });
    expect(kernel.eventCount).toBeLessThan(60);
    expect(statistics.refreshes).toBeGreaterThanOrEqual(Math.floor(1_000_000 / 9364));
  });

  it('charges energy by command and state', () => {
    const { built } = play([[read(0, 0)]]);
    const seconds = 1e-6;
    const energy = built.energy.breakdownPj(seconds);
    const dies = 8;
    expect(energy['activate']).toBeCloseTo(1.2 * dies * (48 * (39 + 16) - (43 * 39 + 34 * 16)) * 0.833, 6);
    expect(energy['read']).toBeCloseTo(1.2 * dies * (135 - 43) * 4 * 0.833, 6);
    expect(energy['activeStandby']).toBeGreaterThan(0);
  });

  it('answers every burst once, never faster than its data bus, with any requesters', { timeout: 60_000 }, () => {
    const requests = fc.array(
      fc.record({
        atCycle: fc.nat(400),
        address: fc.nat(1 << 22),
        rowBytes: fc.integer({ min: 1, max: 700 }),
        rows: fc.integer({ min: 1, max: 4 }),
        pitchBytes: fc.integer({ min: 700, max: 5000 }),
        kind: fc.constantFrom<'read' | 'write'>('read', 'write'),
      }),
      { minLength: 1, maxLength: 12 },
    );
    const configs = fc.record({
      like: fc.constantFrom('default', 'ramulator2'),
      channels: fc.constantFrom(1, 2, 4),
      linesPerCycle: fc.constantFrom(1, 3),
      queueDepth: fc.integer({ min: 1, max: 8 }),
      part: fc.constantFrom('DDR4-2400R-8Gb-x8', 'HBM2-2000-4Gb', 'LPDDR5-6400-8Gb-x16'),
    });
    fc.assert(
      fc.property(fc.array(requests, { minLength: 1, maxLength: 3 }), configs, (parts, config) => {
        const script = parts.map((part) => [...part].sort((a, b) => a.atCycle - b.atCycle).map((one) => ({ ...one, target: 'dram' })));
        const { cycles, statistics } = play(script, config);
        expect(cycles.flat().every((latency) => latency > LINKS)).toBe(true);
        const bytes = script.flat().reduce((sum, { rowBytes, rows }) => sum + rowBytes * rows, 0);
        expect(statistics.bytesRead! + statistics.bytesWritten!).toBe(bytes);
        expect(statistics.reads! + statistics.writes!).toBe(script.flat().length);
      }),
      { numRuns: caseCount(60), seed: 5 },
    );
  });

  it('rejects what cannot be built', () => {
    const problems = (config: Readonly<Record<string, unknown>>) =>
      plugin.check!({ part: 'DDR4-2400R-8Gb-x8', like: 'default', channels: 1, queues: {}, rowPolicy: { name: 'open' }, ...config } as never, noExtensions);
    expect(problems({ channels: 3 })).toMatchObject([{ path: 'channels', message: '3 is no power of two' }]);
    expect(problems({ organisation: { rows: 1000 } })).toMatchObject([{ path: 'organisation.rows' }]);
    expect(() => problems({ like: 'dramsim3', queues: { structure: 'shared' } })).toThrow(/^queues\.structure/);
    expect(() => problems({ standard: 'HBM2' })).toThrow(/needs the timing/);
    expect(problems({})).toEqual([]);
  });
});

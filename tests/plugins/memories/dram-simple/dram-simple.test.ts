import { noExtensions } from '../../../no-extensions.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SpanProbe, type BlockPlugin } from '../../../../core/index.js';
import { buildMachine, type Machine } from '../../../../core/machine/machine.js';
import { completeConfig } from '../../../../core/plugin/plugin-config.js';
import { DramChannel, DramArray, type DramConfig } from '../../../../plugins/memories/dram-simple/api.js';
import { dramSimplePlugin } from '../../../../plugins/memories/dram-simple/index.js';
import { scriptedDriver, type ScriptedRequest } from '../../support/traffic-driver.js';

const plugin = dramSimplePlugin as BlockPlugin;
const configOf = (config: Readonly<Record<string, unknown>> = {}): DramConfig => completeConfig(plugin.configSchema, config, 'dram') as unknown as DramConfig;
const base = { channels: 1, tREFI: 0 };
const t = configOf(base);
const LINKS = 2;
const alone = LINKS + t.controllerCycles + t.tRCD + t.tCL;

interface Outcome {
  readonly latencies: readonly number[];
  readonly doneCycles: readonly number[];
  readonly statistics: Readonly<Record<string, number>>;
  readonly machine: Machine;
}

function play(script: readonly ScriptedRequest[][], config: Readonly<Record<string, unknown>> = base): Outcome {
  const drivers = script.map((part) => scriptedDriver(part));
  const machine = buildMachine({
    name: 'bench',
    clocks: { core: 1e9 },
    blocks: [{ path: 'dram', plugin, config, clock: 'core' }, ...drivers.map((driver, i) => ({ path: `driver${i}`, plugin: driver.plugin, clock: 'core' }))],
    connections: drivers.map((_, i) => ({ from: `driver${i}.memory0`, to: `dram.port${i}` })),
  });
  machine.run();
  machine.finish();
  const outcomes = drivers.flatMap((driver) => driver.outcomes);
  return {
    latencies: outcomes.map((outcome) => (outcome.doneTick - outcome.sentTick) / 1000),
    doneCycles: outcomes.map((outcome) => outcome.doneTick / 1000),
    statistics: machine.built('dram').statistics,
    machine,
  };
}

const read = (atCycle: number, address: number, rowBytes = 32, more: Partial<ScriptedRequest> = {}): ScriptedRequest => ({
  atCycle,
  target: 'dram',
  address,
  rowBytes,
  ...more,
});

describe('dram-simple, one request at a time', () => {
  it('takes activate, column and burst for a closed bank', () => {
    expect(play([[read(0, 0)]]).latencies).toEqual([alone + 2]);
  });

  it('saves the activate on an open row and pays precharge and activate for another row', () => {
    const otherRow = t.banks * t.rowBytes;
    const { latencies, statistics } = play([[read(0, 0), read(500, 64), read(1000, otherRow)]]);
    expect(latencies).toEqual([alone + 2, alone - t.tRCD + 2, alone + t.tRP + 2]);
    expect(statistics).toMatchObject({ rowMisses: 1, rowHits: 1, rowConflicts: 1, activates: 2 });
  });

  it('keeps a row open for tRAS before it closes it', () => {
    const { doneCycles } = play([[read(0, 0), read(0, t.banks * t.rowBytes)]]);
    const activate = 1 + t.controllerCycles;
    expect(doneCycles[1]).toBe(activate + t.tRAS + t.tRP + t.tRCD + t.tCL + 2 + 1);
  });

  it('streams a long burst at the full rate of the bus after one latency', () => {
    for (const bytes of [1024, 8192, 65536]) {
      const { latencies, statistics } = play([[read(0, 0, bytes)]]);
      expect(latencies).toEqual([alone + bytes / t.bytesPerCycle]);
      expect(statistics).toMatchObject({ activates: bytes / t.rowBytes, busBusyCycles: bytes / t.bytesPerCycle, bytesRead: bytes });
    }
  });

  it('uses all channels side by side', () => {
    const { latencies } = play([[read(0, 0, 65536)]], { ...base, channels: 8 });
    expect(latencies).toEqual([alone + 65536 / t.bytesPerCycle / 8]);
  });

  it('turns the bus round between read and write', () => {
    const { doneCycles } = play([[read(0, 0), read(0, 32, 32, { kind: 'write' })]]);
    expect(doneCycles[1]! - doneCycles[0]!).toBe(t.tTurn + 2);
  });
});

describe('dram-simple, refresh', () => {
  it('holds a request that comes during a refresh until its end', () => {
    const config = { channels: 1, tREFI: 1000, tRFC: 100 };
    const { latencies, statistics } = play([[read(985, 0)]], config);
    const start = 985 + 1 + t.controllerCycles;
    // Not due yet at its first command: served at once; a later one meets the refresh.
    expect(start).toBeLessThan(1000);
    expect(latencies[0]).toBe(alone + 2);
    expect(play([[read(1005, 0)]], config).latencies[0]).toBe(alone + 2 + (1100 - 1016));
    expect(statistics['refreshes']).toBe(1);
  });

  it('costs a stream about tRFC of every tREFI', () => {
    const bytes = 1 << 20;
    const without = play([[read(0, 0, bytes)]]).latencies[0]!;
    const { latencies, statistics } = play([[read(0, 0, bytes)]], { channels: 1 });
    const expected = (bytes / t.bytesPerCycle) * (1 / (1 - 260 / 3900));
    expect(latencies[0]! / expected).toBeGreaterThan(0.98);
    expect(latencies[0]! / expected).toBeLessThan(1.05);
    expect(statistics['refreshes']).toBe(Math.floor((latencies[0]! - 1) / 3900));
    expect(latencies[0]!).toBeGreaterThan(without + 15 * 260);
  });

  it('counts the refreshes of idle time without an event each', () => {
    const { machine, statistics } = play([[read(0, 0), read(10_000_000, 0)]], { channels: 1 });
    expect(statistics['refreshes']).toBe(Math.floor(10_000_000 / 3900));
    expect(machine.kernel.eventCount).toBeLessThan(30);
  });
});

describe('dram-simple, competition', () => {
  it('serves requesters in turn and never loses or invents bytes', () => {
    const requests = fc.array(
      fc.record({
        atCycle: fc.integer({ min: 0, max: 3000 }),
        address: fc.integer({ min: 0, max: 1 << 18 }),
        rowBytes: fc.integer({ min: 1, max: 600 }),
        rows: fc.integer({ min: 1, max: 5 }),
        pitchBytes: fc.integer({ min: 600, max: 3000 }),
        kind: fc.constantFrom('read' as const, 'write' as const),
      }),
      { minLength: 1, maxLength: 25 },
    );
    const configs = fc.record({
      channels: fc.integer({ min: 1, max: 4 }),
      banks: fc.integer({ min: 1, max: 16 }),
      queueDepth: fc.integer({ min: 1, max: 8 }),
      tREFI: fc.constantFrom(0, 900),
    });
    fc.assert(
      fc.property(fc.array(requests, { minLength: 1, maxLength: 3 }), configs, (parts, config) => {
        const script = parts.map((part) => [...part].sort((a, b) => a.atCycle - b.atCycle).map((request) => ({ target: 'dram', ...request })));
        const all = script.flat();
        const { latencies, statistics, machine } = play(script, config);
        const bytes = all.reduce((sum, request) => sum + request.rowBytes * request.rows, 0);
        // An open row, a free bus and one burst is the best that either kind can meet.
        const best = { read: LINKS + t.controllerCycles + t.tCL + 2, write: LINKS + t.controllerCycles + t.tCWL + 2 };
        latencies.forEach((latency, i) => expect(latency).toBeGreaterThanOrEqual(best[all[i]!.kind]));
        expect(statistics['bytesRead']! + statistics['bytesWritten']!).toBe(bytes);
        const accesses = statistics['columnReads']! + statistics['columnWrites']!;
        expect(accesses * 32).toBeGreaterThanOrEqual(bytes);
        expect(statistics['rowHits']! + statistics['rowMisses']! + statistics['rowConflicts']!).toBe(accesses);
        expect(statistics['busBusyCycles']).toBe(accesses * 2);
        expect(machine.kernel.now / 1000).toBeGreaterThanOrEqual(statistics['busBusyCycles']! / config.channels);
        expect(machine.transactions.inFlight).toBe(0);
        const { ticks } = machine.built('dram').stalls;
        expect(ticks.reduce((a, b) => a + b, 0)).toBe(machine.kernel.now);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a row in one step', () => {
  it('gives the times and counts of column after column', () => {
    const spans = fc.array(
      fc.record({
        low: fc.integer({ min: 0, max: 40_000 }),
        bytes: fc.integer({ min: 1, max: 5000 }),
        isWrite: fc.boolean(),
        wait: fc.integer({ min: 0, max: 200 }),
      }),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(spans, fc.integer({ min: 1, max: 16 }), (accesses, banks) => {
        const shape = configOf({ ...base, banks, rowBytes: 256 });
        const whole = new DramChannel(shape);
        const single = new DramChannel(shape);
        let from = 0;
        for (const { low, bytes, isWrite, wait } of accesses) {
          from += wait;
          const first = Math.floor(low / 32);
          const last = Math.floor((low + bytes - 1) / 32);
          let end = from;
          for (let column = first; column <= last; column++) end = single.access(column * 32, (column + 1) * 32, isWrite, from);
          expect(whole.access(low, low + bytes, isWrite, from)).toBe(end);
        }
        expect(whole.counts).toEqual(single.counts);
      }),
      { numRuns: 200 },
    );
  });

  it('spreads a range over the channels without gap or overlap', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 1, max: 7 }), (low, bytes, channels) => {
        const array = new DramArray(configOf({ ...base, channels, burstBytes: 1, bytesPerCycle: 1, interleaveBytes: 96 }));
        array.serveRange(low, low + bytes, false, 0);
        expect(array.total('columnReads')).toBe(bytes);
      }),
      { numRuns: 200 },
    );
  });
});

describe('dram-simple, tracks', () => {
  it('show the data of each row on its channel and bank, never two at once on one bus', () => {
    const driver = scriptedDriver([read(0, 0, 4096), read(0, 100_000, 2048, { kind: 'write' }), read(0, 512, 700)]);
    const machine = buildMachine({
      name: 'bench',
      clocks: { core: 1e9 },
      blocks: [
        { path: 'dram', plugin, config: { ...base, channels: 2 }, clock: 'core' },
        { path: 'driver', plugin: driver.plugin, clock: 'core' },
      ],
      connections: [{ from: 'driver.memory0', to: 'dram.port0' }],
    });
    const spans: number[][][] = [[], []];
    let ofBanks = 0;
    for (const [name, probe] of machine.built('dram').probes) {
      const channel = name === 'channel.0' ? 0 : name === 'channel.1' ? 1 : -1;
      if (!(probe instanceof SpanProbe)) continue;
      if (channel >= 0) probe.listen((start, end) => spans[channel]!.push([start, end]));
      else if (name.startsWith('bank.')) probe.listen((start, end) => (ofBanks += end - start));
    }
    machine.run();
    machine.finish();
    const busy = spans.flat().reduce((sum, [start, end]) => sum + (end! - start!), 0);
    expect(busy).toBe(machine.built('dram').statistics['busBusyCycles']! * 1000);
    expect(ofBanks).toBe(busy);
    for (const track of spans) for (let i = 1; i < track.length; i++) expect(track[i]![0]).toBeGreaterThanOrEqual(track[i - 1]![1]!);
  });
});

describe('dram-simple, configuration', () => {
  it('names what does not fit together', () => {
    const paths = (config: Readonly<Record<string, unknown>>): string[] =>
      (plugin.check?.(configOf(config) as never, noExtensions) ?? []).map((problem) => problem.path);
    expect(paths({})).toEqual([]);
    expect(paths({ rowBytes: 1000 })).toEqual(['rowBytes']);
    expect(paths({ interleaveBytes: 33 })).toEqual(['interleaveBytes']);
    expect(paths({ bytesPerCycle: 24 })).toEqual(['bytesPerCycle']);
    expect(paths({ tREFI: 200 })).toEqual(['tREFI']);
  });
});

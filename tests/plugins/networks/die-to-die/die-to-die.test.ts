import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStream, type BlockPlugin } from '../../../../core/index.js';
import { buildMachine } from '../../../../core/scenario/machine.js';
import { completeConfig } from '../../../../core/plugin/plugin-config.js';
import type { DieToDieConfig } from '../../../../plugins/networks/die-to-die/config.js';
import { dieToDiePlugin } from '../../../../plugins/networks/die-to-die/index.js';
import { ErrorProcess, LinkTiming } from '../../../../plugins/networks/die-to-die/link-timing.js';
import { LINK_PRESET_NAMES } from '../../../../plugins/networks/die-to-die/presets.js';
import { uncontendedCycles } from '../../../../plugins/networks/mesh-packet/closed-form.js';
import type { MeshPacketConfig } from '../../../../plugins/networks/mesh-packet/config.js';
import { meshPacketPlugin } from '../../../../plugins/networks/mesh-packet/index.js';
import { echoMemory } from '../../support/echo-memory.js';
import { scriptedDriver, type DriverOptions, type ScriptedRequest } from '../../support/traffic-driver.js';

const link = dieToDiePlugin as BlockPlugin;
const HEADER = 8;
type Partially = Partial<DieToDieConfig>;

const timingOf = (config: Partially): LinkTiming => new LinkTiming(completeConfig(link.configSchema, config, '') as unknown as DieToDieConfig);
/** First edge of the 1 GHz clock at or after a tick. */
const edge = (tick: number): number => Math.ceil(tick / 1000) * 1000;

function run(config: Partially, script: readonly ScriptedRequest[], options: DriverOptions = {}, seed = 1) {
  const driver = scriptedDriver(script, options);
  const machine = buildMachine({
    name: 'link under test',
    clocks: { core: 1e9 },
    blocks: [
      { path: 'd2d', plugin: link, config: config as Record<string, unknown>, clock: 'core' },
      { path: 'driver', plugin: driver.plugin, clock: 'core' },
      { path: 'memory', plugin: echoMemory, clock: 'core' },
    ],
    connections: [
      { from: 'driver.memory0', to: 'd2d.a' },
      { from: 'd2d.b', to: 'memory.port0' },
    ],
    seed,
  });
  machine.run();
  machine.finish();
  return { machine, outcomes: driver.outcomes, d2d: machine.built('d2d') };
}

const request = (fields: Partial<ScriptedRequest>): ScriptedRequest => ({ atCycle: 0, target: 'memory', rowBytes: 1024, ...fields });

/** Tick at which an uncontended read comes back: the connections at both ends run with the core's clock. */
function readTick(timing: LinkTiming, bytes: number): number {
  const atFar = edge(1000 + timing.uncontendedTicks(HEADER)) + 1000;
  return edge(atFar + 1000 + timing.uncontendedTicks(HEADER + bytes)) + 1000;
}

describe('uncontended closed form', () => {
  it.each(LINK_PRESET_NAMES)('is exact for %s', (preset) => {
    for (const rowBytes of [1, 64, 1000, 65536]) {
      expect(run({ preset }, [request({ rowBytes })]).outcomes[0]!.doneTick).toBe(readTick(timingOf({ preset }), rowBytes));
    }
  });

  it('follows lanes, rate, framing and latency', () => {
    const cases = fc.record({
      modules: fc.integer({ min: 1, max: 4 }),
      lanes: fc.constantFrom(4, 16, 64),
      rateGtps: fc.constantFrom(2, 6.4, 25, 32),
      flit: fc.constantFrom('raw' as const, '68B' as const, '256B' as const),
      adapterLatencyNs: fc.constantFrom(0, 0.5, 3),
      phyLatencyNs: fc.constantFrom(0.25, 4),
    });
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 5000 }), (config, rowBytes) => {
        expect(run(config, [request({ rowBytes })]).outcomes[0]!.doneTick).toBe(readTick(timingOf(config), rowBytes));
      }),
      { numRuns: 100 },
    );
  });

  it('matches figures worked out by hand', () => {
    // 16 lanes x 16 GT/s = 32 bytes a ns; 1,000 bytes are five flits of 256 bytes: 40 ns, and 2 ns for both ends.
    expect(timingOf({ preset: 'ucie-standard' }).uncontendedTicks(1000)).toBe(42_000);
    expect(timingOf({ preset: 'ucie-standard', flit: '68B' }).uncontendedTicks(1000)).toBe(36_000);
    expect(timingOf({ preset: 'ucie-standard', flit: 'raw' }).uncontendedTicks(1000)).toBe(33_250);
  });
});

describe('bandwidth', () => {
  const stream = Array.from({ length: 200 }, () => request({ kind: 'write' as const, rowBytes: 2392 }));
  const seconds = (lanes: number): number => run({ lanes, credits: 64 }, stream).machine.kernel.now;

  it('halving the lanes halves the sustained bandwidth', () => {
    const [full, half] = [seconds(16), seconds(8)];
    expect(half / full).toBeGreaterThan(1.98);
    expect(half / full).toBeLessThan(2.0);
  });

  it('few credits on a long link limit it to a round trip for each', () => {
    const { machine, d2d } = run({ credits: 1, phyLatencyNs: 100 }, stream);
    const timing = timingOf({ phyLatencyNs: 100 });
    const turn = timing.uncontendedTicks(2400) + timing.latencyTicks;
    expect(machine.kernel.now).toBeGreaterThan(200 * turn);
    expect(machine.kernel.now).toBeLessThan(202 * (turn + 1000));
    // All but the time on the lanes is spent waiting for the one credit.
    const waiting = 1 - timing.ticksOf(2560) / turn;
    expect(d2d.stalls.ticks[2]! / machine.kernel.now).toBeCloseTo(waiting, 1);
  });
});

describe('replays', () => {
  it('cost exactly what is counted, message by message', () => {
    const config = { bitErrorRate: 1e-5 };
    const timing = timingOf(config);
    let total = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const { outcomes, d2d } = run(config, [request({ kind: 'write', rowBytes: 8192 })], {}, seed);
      const replays = d2d.statistics['replays']!;
      expect(d2d.statistics['replayNs']! * 1000).toBeCloseTo(replays * timing.replayTicks);
      // A few of them may have hit the acknowledgement on its way back.
      const ends = Array.from({ length: replays + 1 }, (_, back) => {
        const there = edge(1000 + timing.uncontendedTicks(HEADER + 8192) + (replays - back) * timing.replayTicks);
        return edge(there + 2000 + timing.uncontendedTicks(HEADER) + back * timing.replayTicks) + 1000;
      });
      expect(ends).toContain(outcomes[0]!.doneTick);
      total += replays;
    }
    expect(total).toBeGreaterThan(5);
  });

  it('a busy link takes longer by exactly its replays', () => {
    const stream = Array.from({ length: 300 }, () => request({ kind: 'write' as const, rowBytes: 2392 }));
    const config = { credits: 64, flit: '256B' as const, adapterLatencyNs: 1, phyLatencyNs: 1 };
    const clean = run(config, stream);
    const noisy = run({ ...config, bitErrorRate: 1e-5 }, stream);
    expect(noisy.d2d.statistics['replays']).toBeGreaterThan(20);
    const difference = (noisy.d2d.statistics['busyNs']! - clean.d2d.statistics['busyNs']!) * 1000;
    expect(difference).toBeCloseTo(noisy.d2d.statistics['replays']! * timingOf(config).replayTicks, 3);
    // Nearly all replays are on the writes' way; the others cannot delay anybody by more than they took.
    expect(noisy.machine.kernel.now - clean.machine.kernel.now).toBeLessThanOrEqual(difference + 1000);
    expect(noisy.machine.kernel.now - clean.machine.kernel.now).toBeGreaterThan(0.9 * difference);
  });

  it('come as often as the error rate says, and by the seed', () => {
    const rate = 0.02;
    const process = new ErrorProcess(new RandomStream(5, 'errors'), rate);
    let errors = 0;
    for (let i = 0; i < 20_000; i++) errors += process.errorsIn(10);
    // Each good flit takes 1 / (1 - rate) transmissions; five standard deviations of the sum either way.
    const expected = (200_000 * rate) / (1 - rate);
    expect(Math.abs(errors - expected)).toBeLessThan(5 * Math.sqrt(expected));
    const stream = [request({ rowBytes: 65536 })];
    const ends = [1, 1, 2].map((seed) => run({ bitErrorRate: 1e-5 }, stream, {}, seed).outcomes[0]!.doneTick);
    expect(ends[0]).toBe(ends[1]);
    expect(ends[2]).not.toBe(ends[0]);
  });

  it('need a framing with a CRC', () => {
    expect(link.check?.({ preset: 'aib', bitErrorRate: 1e-9 })).toMatchObject([{ path: 'bitErrorRate' }]);
  });
});

describe('two dies', () => {
  it('an access across is the two networks and the link, one after the other', () => {
    const mesh: MeshPacketConfig = { ...(completeConfig((meshPacketPlugin as BlockPlugin).configSchema, {}, '') as unknown as MeshPacketConfig) };
    const driver = scriptedDriver([{ atCycle: 0, target: 'memory', rowBytes: 256 }]);
    const machine = buildMachine({
      name: 'two dies',
      clocks: { core: 1e9 },
      blocks: [
        { path: 'd2d', plugin: link, clock: 'core' },
        { path: 'driver', plugin: driver.plugin, clock: 'core' },
        { path: 'memory', plugin: echoMemory, clock: 'core' },
        { path: 'noc0', plugin: meshPacketPlugin as BlockPlugin, clock: 'core' },
        { path: 'noc1', plugin: meshPacketPlugin as BlockPlugin, clock: 'core' },
      ],
      connections: [
        { from: 'driver.memory0', to: 'noc0.node0' },
        { from: 'noc0.node15', to: 'd2d.a' },
        { from: 'd2d.b', to: 'noc1.node0' },
        { from: 'noc1.node5', to: 'memory.port0' },
      ],
    });
    machine.run();
    const timing = timingOf({});
    const trip = (startTick: number, bytes: number, hops: readonly [number, number]): number => {
      const atLink = startTick + 1000 + uncontendedCycles(mesh, hops[0], bytes) * 1000 + 1000;
      const onDie = edge(atLink + timing.uncontendedTicks(bytes)) + 1000;
      return onDie + uncontendedCycles(mesh, hops[1], bytes) * 1000 + 1000;
    };
    expect(driver.outcomes[0]!.doneTick).toBe(trip(trip(0, HEADER, [6, 2]), HEADER + 256, [2, 6]));
  });
});

describe('any traffic', () => {
  it('loses nothing, is never faster than the lanes, sums its stall stack and repeats itself', () => {
    const scripts = fc.array(fc.record({ rowBytes: fc.integer({ min: 1, max: 3000 }), kind: fc.constantFrom('read' as const, 'write' as const), atCycle: fc.nat(300) }), { minLength: 1, maxLength: 40 });
    const configs = fc.record({ credits: fc.integer({ min: 1, max: 6 }), bitErrorRate: fc.constantFrom(0, 1e-6, 1e-4), lanes: fc.constantFrom(4, 64) });
    fc.assert(
      fc.property(scripts, configs, fc.constantFrom(0, 2000), (list, config, takeResponsesFromCycle) => {
        const script = list.map(request);
        const { machine, d2d, outcomes } = run(config, script, { takeResponsesFromCycle });
        expect(machine.transactions.inFlight).toBe(0);
        expect(machine.kernel.unfinishedWaits()).toEqual([]);
        expect(d2d.statistics['messages']).toBe(2 * script.length);
        expect(d2d.statistics['bytes']).toBe(script.reduce((sum, r) => sum + r.rowBytes + 2 * HEADER, 0));
        expect(d2d.statistics['busyNs']! / 2).toBeLessThanOrEqual(machine.kernel.now / 1000);
        expect(d2d.statistics['laneBytes']! / (timingOf(config).bitsPerTick * 125)).toBeLessThanOrEqual(d2d.statistics['busyNs']! + 1e-6);
        expect(d2d.stalls.ticks.reduce((a, b) => a + b, 0)).toBe(machine.kernel.now);
        expect(run(config, script, { takeResponsesFromCycle }).outcomes).toEqual(outcomes);
      }),
      { numRuns: 60 },
    );
  });
});

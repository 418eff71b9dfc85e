import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStream, type BlockPlugin, type SpanProbe } from '../../../../core/index.js';
import type { BuiltBlock } from '../../../../core/scenario/built-block.js';
import { buildMachine } from '../../../../core/scenario/machine.js';
import { completeConfig } from '../../../../core/plugin/plugin-config.js';
import type { DieToDieConfig } from '../../../../plugins/networks/die-to-die/config.js';
import { dieToDiePlugin } from '../../../../plugins/networks/die-to-die/index.js';
import { ErrorProcess } from '../../../../plugins/networks/die-to-die/error-process.js';
import { LinkTiming } from '../../../../plugins/networks/die-to-die/link-timing.js';
import { LINK_PRESET_NAMES } from '../../../../plugins/networks/die-to-die/presets.js';
import { uncontendedCycles } from '../../../../plugins/networks/mesh-packet/closed-form.js';
import type { MeshPacketConfig } from '../../../../plugins/networks/mesh-packet/config.js';
import { meshPacketPlugin } from '../../../../plugins/networks/mesh-packet/index.js';
import { echoMemory } from '../../support/echo-memory.js';
import { gaps, spansOf } from '../../support/lane-spans.js';
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
  const d2d = machine.built('d2d');
  const [toFar, toNear] = ['a-to-b', 'b-to-a'].map((way) => spansOf(d2d.probes.get(way) as SpanProbe));
  machine.run();
  machine.finish();
  return { machine, outcomes: driver.outcomes, d2d, toFar: toFar!, toNear: toNear! };
}

const request = (fields: Partial<ScriptedRequest>): ScriptedRequest => ({ atCycle: 0, target: 'memory', rowBytes: 1024, ...fields });

/** Tick at which an uncontended read comes back: the connections at both ends run with the core's clock. */
function readTick(timing: LinkTiming, bytes: number): number {
  const atFar = edge(1000 + timing.uncontendedTicks(HEADER)) + 1000;
  return edge(atFar + 1000 + timing.uncontendedTicks(HEADER + bytes)) + 1000;
}

/** What the link reports of each way. */
const linksOf = (d2d: BuiltBlock) => d2d.model.report?.()['links'] as { replays: number; replayNs: number }[];

/**
 * A retry flit by flit, in slots of one flit: the receiver throws away what is not the next in order, and the sender hears of an
 * error a flit and `roundTrip` slots after it began to send the wrong one. A flit has an error of its own only if it is looked at.
 */
function goBackN(flits: number, roundTrip: number, random: RandomStream, rate: number) {
  const draw = (): number => 1 + Math.floor(Math.log(1 - random.uniform()) / Math.log1p(-rate));
  let [slot, next, expected, toError, replays, transmissions] = [0, 0, 0, draw(), 0, 0];
  let nakSlot = Infinity;
  while (expected < flits) {
    if (slot === nakSlot) [next, nakSlot] = [expected, Infinity];
    if (next < flits) {
      transmissions++;
      if (next === expected && nakSlot === Infinity) {
        if (--toError === 0) [nakSlot, toError, replays] = [slot + 1 + roundTrip, draw(), replays + 1];
        else expected++;
      }
      next++;
    }
    slot++;
  }
  return { slots: slot, replays, resent: transmissions - flits };
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
      flit: fc.constantFrom('raw' as const, '68B' as const, '256B' as const, '256B-latency-optimized' as const),
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
    // Four flits of 236 bytes and 56 more in the first half of a fifth: half a flit earlier than when it has to come whole.
    expect(timingOf({ preset: 'ucie-standard', flit: '256B-latency-optimized' }).uncontendedTicks(1000)).toBe(38_000);
    expect(timingOf({ preset: 'ucie-standard', flit: '256B-latency-optimized' }).uncontendedTicks(4 * 236 + 121)).toBe(42_000);
  });
});

describe('presets', () => {
  it('have the bandwidth that their sources state', () => {
    const gigabytes = (preset: DieToDieConfig['preset']): number => timingOf({ preset }).bitsPerTick * 125;
    expect(gigabytes('ucie-standard')).toBe(32);
    expect(gigabytes('ucie-advanced')).toBe(128);
    // Simba: 100 GB/s a chiplet over four sides.
    expect(4 * gigabytes('simba-grs')).toBe(100);
    expect(gigabytes('aib')).toBe((4 * 20 * 2) / 8);
    expect(gigabytes('aib-2')).toBeCloseTo((4 * 40 * 6.4) / 8);
  });

  it('take more energy above 16 GT/s, unless the configuration states it', () => {
    const energy = (config: Partially): number => timingOf(config).energyPerBitPj;
    expect([energy({ preset: 'ucie-standard' }), energy({ preset: 'ucie-standard', rateGtps: 32 })]).toEqual([0.5, 0.6]);
    expect([energy({ preset: 'ucie-advanced', rateGtps: 8 }), energy({ preset: 'ucie-advanced', rateGtps: 24 })]).toEqual([0.25, 0.3]);
    expect(energy({ preset: 'ucie-advanced', rateGtps: 24, energyPerBitPj: 0.4 })).toBe(0.4);
  });

  it('carry what their framing leaves', () => {
    const efficiency = (flit: NonNullable<Partially['flit']>): number => {
      const timing = timingOf({ preset: 'ucie-standard', flit });
      return 1e6 / timing.wireBytesOf(timing.flitsOf(1e6));
    };
    expect(efficiency('raw')).toBe(1);
    expect(efficiency('68B')).toBeCloseTo(64 / 68, 4);
    expect(efficiency('256B')).toBeCloseTo(240 / 256, 3);
    expect(efficiency('256B-latency-optimized')).toBeCloseTo(236 / 256, 3);
  });
});

describe('bandwidth', () => {
  const stream = Array.from({ length: 200 }, () => request({ kind: 'write' as const, rowBytes: 2392 }));

  it('halving the lanes halves the sustained bandwidth, exactly', () => {
    // Between the ends of two messages well inside the stream: neither the way of the first nor that of the last one counts.
    const sustained = (lanes: number): number => {
      const { toFar, d2d } = run({ lanes, credits: 64 }, stream);
      expect(gaps(toFar)).toEqual([]);
      expect(d2d.statistics['bytes']).toBe(200 * (2400 + HEADER));
      return (100 * 2400) / (toFar[150]!.end - toFar[50]!.end);
    };
    const full = sustained(16);
    // 2400 of 10 x 256 bytes on the lanes, 16 lanes x 16 GT/s.
    expect(full * 1000).toBe((2400 / 2560) * 32);
    expect(full / sustained(8)).toBe(2);
    expect(full / sustained(4)).toBe(4);
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

  it('the end of a run on busy lanes moves by exactly the replays that are counted', () => {
    const stream = Array.from({ length: 300 }, () => request({ kind: 'write' as const, rowBytes: 2392 }));
    const config = { credits: 64, preset: 'ucie-standard' as const };
    const timing = timingOf(config);
    const { replayTicks } = timing;
    expect(replayTicks).toBe(24_000);
    let moved = 0;
    const clean = run(config, stream);
    expect(gaps(clean.toFar)).toEqual([]);
    for (const [bitErrorRate, seed] of [[1e-6, 1], [1e-6, 2], [1e-5, 3], [1e-5, 4], [1e-4, 5]] as const) {
      const noisy = run({ ...config, bitErrorRate }, stream, {}, seed);
      expect(gaps(noisy.toFar)).toEqual([]);
      const [far, near] = linksOf(noisy.d2d);
      expect(far!.replays).toBeGreaterThan(0);
      expect(far!.replays + near!.replays).toBe(noisy.d2d.statistics['replays']);
      expect(far!.replayNs * 1000).toBe(far!.replays * replayTicks);
      // The stream's lanes end later by their replays; the run also by those of its very last acknowledgement.
      expect(noisy.toFar.at(-1)!.end - clean.toFar.at(-1)!.end).toBe(far!.replays * replayTicks);
      const ofLast = noisy.toNear.at(-1)!.end - noisy.toNear.at(-1)!.start - timing.ticksOf(256);
      expect(noisy.machine.kernel.now - clean.machine.kernel.now).toBe(far!.replays * replayTicks + ofLast);
      if (near!.replays > 0) continue;
      // With no replay of an acknowledgement the run's end moves by all that the link counts.
      expect(noisy.machine.kernel.now - clean.machine.kernel.now).toBe(noisy.d2d.statistics['replayNs']! * 1000);
      moved++;
    }
    expect(moved).toBeGreaterThanOrEqual(2);
  });

  it('hide in the time that lanes have to spare', () => {
    const stream = Array.from({ length: 300 }, (_, i) => request({ kind: 'write' as const, rowBytes: 2392, atCycle: 200 * i }));
    const clean = run({ credits: 64 }, stream);
    const noisy = run({ credits: 64, bitErrorRate: 1e-5 }, stream, {}, 3);
    expect(noisy.d2d.statistics['replays']).toBeGreaterThan(10);
    expect(noisy.machine.kernel.now - clean.machine.kernel.now).toBeLessThan(noisy.d2d.statistics['replayNs']! * 100);
  });

  it('are those of a sender that goes back to the wrong flit', () => {
    const cases = fc.record({ rate: fc.constantFrom(0.01, 0.1, 0.4), roundTrip: fc.integer({ min: 1, max: 6 }), seed: fc.integer({ min: 1, max: 1000 }) });
    fc.assert(
      fc.property(cases, fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 20 }), ({ rate, roundTrip, seed }, messages) => {
        const process = new ErrorProcess(new RandomStream(seed, 'errors'), rate, roundTrip);
        let [replays, resent] = [0, 0];
        messages.forEach((flits, index) => {
          process.pass(flits, index < messages.length - 1);
          replays += process.replays;
          resent += process.resentFlits;
        });
        const flits = messages.reduce((a, b) => a + b, 0);
        const reference = goBackN(flits, roundTrip, new RandomStream(seed, 'errors'), rate);
        expect(replays).toBe(reference.replays);
        expect(flits + replays * (1 + roundTrip)).toBe(reference.slots);
        // Of the last message's errors the reference has nothing more to send; before it, the model takes the round trip as full.
        expect(resent).toBeGreaterThanOrEqual(reference.resent);
        expect(resent).toBeLessThanOrEqual(replays * (1 + roundTrip));
        if (messages.length === 1) expect(resent).toBe(reference.resent);
      }),
    );
  });

  it('send again what went out within a round trip: 2 x latency and the flit that bears the Nak', () => {
    // 8 ns a flit; 4 ns there and back and 8 ns of Nak let two more flits out.
    expect(timingOf({ preset: 'ucie-standard' })).toMatchObject({ roundTripFlits: 2, replayTicks: 24_000 });
    // 2 ns a flit on 64 lanes: 4 + 2 ns, three more.
    expect(timingOf({ preset: 'ucie-advanced' })).toMatchObject({ roundTripFlits: 3, replayTicks: 8_000 });
    expect(timingOf({ preset: 'ucie-standard', phyLatencyNs: 10.5, adapterLatencyNs: 1 })).toMatchObject({ roundTripFlits: 7, replayTicks: 64_000 });
    const one = run({ bitErrorRate: 1e-5 }, [request({ kind: 'write', rowBytes: 8192 })], {}, 2).d2d.statistics;
    expect(one['resentFlits']).toBeGreaterThanOrEqual(one['replays']!);
    expect(one['resentFlits']).toBeLessThanOrEqual(3 * one['replays']!);
  });

  it('take the energy of the flits sent again', () => {
    const { d2d } = run({ bitErrorRate: 1e-5, credits: 64 }, Array.from({ length: 50 }, () => request({ kind: 'write' as const, rowBytes: 2392 })));
    const { flits = 0, resentFlits = 0 } = d2d.statistics;
    expect(resentFlits).toBeGreaterThan(0);
    expect(d2d.energy.breakdownPj(1)['lanes']).toBeCloseTo((flits + resentFlits) * 256 * 8 * 0.5, 3);
  });

  it('come as often as the error rate says, and by the seed', () => {
    const rate = 0.02;
    const process = new ErrorProcess(new RandomStream(5, 'errors'), rate, 2);
    let errors = 0;
    for (let i = 0; i < 20_000; i++) {
      process.pass(10, true);
      errors += process.replays;
    }
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

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BlockPlugin } from '../../../../core/index.js';
import { completeConfig } from '../../../../core/plugin/plugin-config.js';
import { buildMachine } from '../../../../core/machine/machine.js';
import type { DieToDieConfig } from '../../../../plugins/networks/die-to-die/config.js';
import type { LinkTiming } from '../../../../plugins/networks/die-to-die/link-timing.js';
import { LINK_PRESET_NAMES } from '../../../../plugins/networks/die-to-die/presets.js';
import { uncontendedCycles } from '../../../../plugins/networks/mesh-packet/closed-form.js';
import type { MeshPacketConfig } from '../../../../plugins/networks/mesh-packet/config.js';
import { meshPacketPlugin } from '../../../../plugins/networks/mesh-packet/index.js';
import { echoMemory } from '../../support/echo-memory.js';
import { gaps } from '../../support/lane-spans.js';
import { scriptedDriver } from '../../support/traffic-driver.js';
import { edge, HEADER, link, request, run, timingOf, type Partially } from './one-link.js';
import { caseCount } from '../../../many.js';

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
      flit: fc.constantFrom('raw' as const, '68B' as const, '256B' as const, '256B-latency-optimized' as const),
      adapterLatencyNs: fc.constantFrom(0, 0.5, 3),
      phyLatencyNs: fc.constantFrom(0.25, 4),
    });
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 5000 }), (config, rowBytes) => {
        expect(run(config, [request({ rowBytes })]).outcomes[0]!.doneTick).toBe(readTick(timingOf(config), rowBytes));
      }),
      { numRuns: caseCount(100) },
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
    const scripts = fc.array(
      fc.record({ rowBytes: fc.integer({ min: 1, max: 3000 }), kind: fc.constantFrom('read' as const, 'write' as const), atCycle: fc.nat(300) }),
      { minLength: 1, maxLength: 40 },
    );
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
      { numRuns: caseCount(60) },
    );
  });
});

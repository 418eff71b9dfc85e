import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildMachine, completeConfig, type BlockPlugin, type SpanProbe } from '../../../../core/index.js';
import type { BlockSpec, ConnectionSpec } from '../../../../core/machine/specification.js';
import type { DieToDieConfig } from '../../../../plugins/networks/die-to-die/config.js';
import { dieToDiePlugin } from '../../../../plugins/networks/die-to-die/index.js';
import { LinkTiming } from '../../../../plugins/networks/die-to-die/link-timing.js';
import { uncontendedCycles } from '../../../../plugins/networks/mesh-packet/closed-form.js';
import type { MeshPacketConfig } from '../../../../plugins/networks/mesh-packet/config.js';
import { meshPacketPlugin } from '../../../../plugins/networks/mesh-packet/index.js';
import { echoMemory } from '../../support/echo-memory.js';
import { gaps, spansOf } from '../../support/lane-spans.js';
import { scriptedDriver, type ScriptedRequest } from '../../support/traffic-driver.js';
import { caseCount } from '../../../many.js';

const link = dieToDiePlugin as BlockPlugin;
const mesh = meshPacketPlugin as BlockPlugin;
const HEADER = 8;
const DIE = { columns: 4, rows: 4, concentration: 2 };
const PACKAGE = { columns: 2, rows: 2, routerCycles: 4, linkCycles: 2 };
const meshConfig = (partial: object): MeshPacketConfig => completeConfig(mesh.configSchema, partial, '') as unknown as MeshPacketConfig;
const timingOf = (config: object): LinkTiming => new LinkTiming(completeConfig(link.configSchema, config, '') as unknown as DieToDieConfig);
const edge = (tick: number): number => Math.ceil(tick / 1000) * 1000;
const hops = (columns: number, from: number, to: number): number =>
  Math.abs((from % columns) - (to % columns)) + Math.abs(Math.floor(from / columns) - Math.floor(to / columns));

/** A requester or memory at a router of a die; even nodes are theirs, odd ones lead out. */
interface Seat {
  readonly die: number;
  readonly router: number;
}

interface PackageTest {
  readonly dies: 2 | 4;
  readonly memories: readonly Seat[];
  readonly drivers: readonly (Seat & { readonly script: readonly ScriptedRequest[] })[];
  readonly link?: object;
  readonly dieMesh?: object;
  readonly seed?: number;
}

/** Router of each die whose odd node leads to the link. */
const GATE = 7;

/** Two dies joined by one link, or four that each have a link to a package network. All clocks are 1 GHz. */
function build({ dies, memories, drivers, link: linkConfig = {}, dieMesh = {}, seed = 1 }: PackageTest) {
  const scripted = drivers.map(({ script }) => scriptedDriver(script));
  const die = Array.from({ length: dies }, (_, i) => i);
  const links = dies === 2 ? [0] : die;
  const blocks: BlockSpec[] = [
    ...die.map((i) => ({ path: `die${i}.noc`, plugin: mesh, config: { ...DIE, ...dieMesh }, clock: 'core' })),
    ...links.map((i) => ({ path: `d2d${i}`, plugin: link, config: linkConfig as Record<string, unknown>, clock: 'core' })),
    ...(dies === 4 ? [{ path: 'package', plugin: mesh, config: PACKAGE, clock: 'core' }] : []),
    ...scripted.map(({ plugin }, i) => ({ path: `driver${i}`, plugin, clock: 'core' })),
    ...memories.map((_, i) => ({ path: `memory${i}`, plugin: echoMemory, clock: 'core' })),
  ];
  const gate = (i: number): string => `die${i}.noc.node${2 * GATE + 1}`;
  const joins: ConnectionSpec[] =
    dies === 2
      ? [
          { from: gate(0), to: 'd2d0.a' },
          { from: 'd2d0.b', to: gate(1) },
        ]
      : die.flatMap((i) => [
          { from: gate(i), to: `d2d${i}.a` },
          { from: `d2d${i}.b`, to: `package.node${i}` },
        ]);
  const seats: ConnectionSpec[] = [
    ...drivers.map(({ die: i, router }, d) => ({ from: `driver${d}.memory0`, to: `die${i}.noc.node${2 * router}` })),
    ...memories.map(({ die: i, router }, m) => ({ from: `memory${m}.port0`, to: `die${i}.noc.node${2 * router}` })),
  ];
  const machine = buildMachine({ name: 'package', clocks: { core: 1e9 }, blocks, connections: [...joins, ...seats], seed });
  const lanes = ['a-to-b', 'b-to-a'].map((way) => spansOf(machine.built('d2d0').probes.get(way) as SpanProbe));
  machine.run();
  machine.finish();
  return { machine, lanes, outcomes: scripted.map(({ outcomes }) => outcomes) };
}

/** Tick at which a message of `bytes` that is sent at `tick` has crossed the dies between two seats, alone. */
function arrival(tick: number, bytes: number, from: Seat, to: Seat, dies: number, timing: LinkTiming): number {
  const inMesh = (at: number, config: MeshPacketConfig, distance: number): number => at + 1000 * (1 + uncontendedCycles(config, distance, bytes));
  const die = meshConfig(DIE);
  if (from.die === to.die) return inMesh(tick, die, hops(4, from.router, to.router)) + 1000;
  const overLink = (at: number): number => edge(at + 1000 + timing.uncontendedTicks(bytes));
  let at = overLink(inMesh(tick, die, hops(4, from.router, GATE)));
  if (dies === 4) at = overLink(inMesh(at, meshConfig(PACKAGE), hops(2, from.die, to.die)));
  return inMesh(at, die, hops(4, GATE, to.router)) + 1000;
}

const seatOn = (dies: number): fc.Arbitrary<Seat> => fc.record({ die: fc.nat(dies - 1), router: fc.nat(15) });
const write = (target: string, rowBytes: number, atCycle = 0): ScriptedRequest => ({ atCycle, target, rowBytes, kind: 'write' });

describe('dies of 4 x 4', () => {
  it.each([2, 4] as const)('%i of them: an access is the networks and links on its way, one after the other', (dies) => {
    const config = { preset: 'ucie-standard' };
    fc.assert(
      fc.property(seatOn(dies), seatOn(dies), fc.integer({ min: 1, max: 1024 }), (from, to, rowBytes) => {
        fc.pre(from.die !== to.die || from.router !== to.router);
        const { outcomes } = build({ dies, memories: [to], drivers: [{ ...from, script: [{ atCycle: 0, target: 'memory0', rowBytes }] }], link: config });
        const timing = timingOf(config);
        const there = arrival(0, HEADER, from, to, dies, timing);
        expect(outcomes[0]![0]!.doneTick).toBe(arrival(there, HEADER + rowBytes, to, from, dies, timing));
      }),
      { numRuns: caseCount(60) },
    );
  });

  const stream = Array.from({ length: 300 }, () => write('memory0', 1016));
  const streaming = (config: object, seed = 1) => {
    // Four writers, so that the mesh brings more than the link takes.
    const drivers = [6, 3, 11, 5].map((router) => ({ die: 0, router, script: stream }));
    const { machine, lanes } = build({
      dies: 2,
      memories: [{ die: 1, router: GATE }],
      drivers,
      dieMesh: { linkWidthBits: 1024 },
      link: { credits: 64, ...config },
      seed,
    });
    const [toFar = [], toNear = []] = lanes;
    expect(gaps(toFar)).toEqual([]);
    return {
      ticks: machine.kernel.now,
      toFar,
      toNear,
      statistics: machine.built('d2d0').statistics,
      report: machine.built('d2d0').model.report?.()['links'] as { replays: number }[],
    };
  };

  it('halving the lanes halves the sustained bandwidth, exactly', () => {
    const sustained = (lanes: number): number => {
      const { toFar } = streaming({ lanes });
      return (1000 * 1024) / (toFar[1100]!.end - toFar[100]!.end);
    };
    const rate = sustained(8);
    // 1024 bytes in five flits of 256 bytes, 8 lanes x 16 GT/s: 12.8 of 16 bytes a ns.
    expect(rate * 1000).toBeCloseTo(12.8, 12);
    expect(rate / sustained(4)).toBe(2);
    expect(rate / sustained(2)).toBe(4);
  });

  it('a bit error rate moves the end of the run by exactly the replays that are counted', () => {
    const config = { lanes: 8 };
    const timing = timingOf(config);
    const clean = streaming(config);
    for (const [rate, seed] of [
      [1e-7, 1],
      [1e-6, 1],
      [1e-5, 1],
      [1e-5, 2],
      [1e-4, 3],
    ] as const) {
      const noisy = streaming({ ...config, bitErrorRate: rate }, seed);
      const { replays = 0, replayNs = 0, busyNs = 0, flits } = noisy.statistics;
      if (rate >= 1e-6) expect(replays).toBeGreaterThan(0);
      expect(replayNs * 1000).toBe(replays * timing.replayTicks);
      expect((busyNs - clean.statistics['busyNs']!) * 1000).toBeCloseTo(replays * timing.replayTicks, 3);
      expect(flits).toBe(clean.statistics['flits']);
      const toFar = noisy.report[0]!.replays * timing.replayTicks;
      expect(noisy.toFar.at(-1)!.end - clean.toFar.at(-1)!.end).toBe(toFar);
      // Acknowledgements have lanes to spare: only a replay of the very last one is seen at the end.
      const last = noisy.toNear.at(-1)!;
      expect(noisy.ticks - clean.ticks).toBe(toFar + last.end - last.start - timing.ticksOf(256));
    }
  });

  it.each([1, 4])('everybody with everybody over four dies: no deadlock, nothing lost (buffers of %i packets, one credit)', (bufferPackets) => {
    const memories = [0, 1, 2, 3].map((die) => ({ die, router: 5 }));
    const drivers = Array.from({ length: 16 }, (_, i) => ({
      die: i % 4,
      router: [0, 3, 9, 15][Math.floor(i / 4)]!,
      script: Array.from({ length: 40 }, (_, r): ScriptedRequest => ({
        atCycle: 0,
        target: `memory${(i + r) % 4}`,
        rowBytes: 64 + 37 * (r % 9),
        kind: (i + r) % 3 === 0 ? 'read' : 'write',
      })),
    }));
    const { machine, outcomes } = build({ dies: 4, memories, drivers, link: { credits: 1 }, dieMesh: { bufferPackets, maxPacketBytes: 64 } });
    for (const list of outcomes) for (const { doneTick } of list) expect(doneTick).toBeGreaterThan(0);
    expect(machine.transactions.inFlight).toBe(0);
    expect(machine.kernel.unfinishedWaits()).toEqual([]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildMachine, digestOf, type BlockPlugin } from '../../../../core/index.js';
import { meshTopology } from '../../../../plugins/networks/mesh-packet/api.js';
import { nocFlitPlugin } from '../../../../plugins/networks/noc-flit/index.js';
import { REGION_BYTES, runMulticasts, type Multicast } from '../../support/multicast-machine.js';
import { notingMemory, type Noted } from '../../support/noting-memory.js';
import { scriptedDriver, type ScriptedRequest } from '../../support/traffic-driver.js';
import { caseCount, isLongRun, some } from '../../../many.js';

const noc = nocFlitPlugin as BlockPlugin;
const SIDE = 4;
const ROUTERS = SIDE * SIDE;
const mesh = meshTopology(SIDE, SIDE);
/** Connections before and behind the network. */
const ENDS = 2;
const FLIT_BYTES = 16;
const HEADER = 8;

interface Report {
  readonly links: readonly { readonly from: number; readonly to: number; readonly flits: number }[];
  readonly multicasts?: { readonly started: number; readonly held: number; readonly copies: number };
}

/** One write from router `from` of a 4 x 4 mesh to memories that keep it: cycles until each has it, by router. */
function sendOne(from: number, to: readonly number[], bytes: number, network: object = {}) {
  const noted = new Map<string, Noted>();
  const [first, ...others] = to;
  const request: ScriptedRequest = {
    atCycle: 0,
    target: `memory${first}`,
    rowBytes: bytes,
    kind: 'write',
    ...(others.length === 0 ? {} : { also: others.map((router) => `memory${router}`) }),
  };
  const driver = scriptedDriver([request]);
  const machine = buildMachine({
    name: 'multicast',
    clocks: { core: 1e9 },
    blocks: [
      { path: 'noc', plugin: noc, config: { topology: 'mesh', k: SIDE, n: 2, concentration: 2, ...network }, clock: 'core' },
      { path: 'driver', plugin: driver.plugin, clock: 'core' },
      ...to.map((router) => ({ path: `memory${router}`, plugin: notingMemory(noted, { isSilent: true }), clock: 'core' })),
    ],
    connections: [
      { from: 'driver.memory0', to: `noc.node${2 * from}` },
      ...to.map((router) => ({ from: `memory${router}.port0`, to: `noc.node${2 * router + 1}` })),
    ],
  });
  machine.run();
  machine.finish();
  const built = machine.built('noc');
  const cycles = to.map((router) => {
    expect(noted.get(`memory${router}`)!.ticks).toHaveLength(1);
    return (noted.get(`memory${router}`)!.ticks[0]! - driver.outcomes[0]!.sentTick) / 1000 - ENDS;
  });
  return { cycles, statistics: built.statistics, report: built.model.report!() as unknown as Report, energy: built.energy };
}

/** A packet alone: docs/models/noc-flit.md. */
const alone = (flits: number, hops: number, routerCycles = 5): number => 2 + routerCycles * (hops + 1) + flits - 1;

/** An interface that gets the packets, and those that it sends them on to. */
interface Station {
  readonly router: number;
  readonly reach: number;
  readonly next: readonly Station[];
}

/** Stations that must be reached from before `router`, of the tree of XY routes. */
function stations(router: number, to: readonly number[], depth: number): readonly Station[] {
  const branches = new Map<number, number[]>();
  for (const target of to.filter((candidate) => candidate !== router)) {
    const next = mesh.links[mesh.nextLink(router, target)]!.to;
    branches.set(next, [...(branches.get(next) ?? []), target]);
  }
  const behind = [...branches].flatMap(([next, targets]) => stations(next, targets, depth + 1));
  const isTarget = to.includes(router);
  const sorted = (list: readonly Station[]): Station[] => [...list].sort((a, b) => b.reach - a.reach);
  if (depth === 0) return sorted(isTarget ? [{ router, reach: 0, next: [] }, ...behind] : behind);
  if (!isTarget && behind.length === 1) return behind;
  return [{ router, reach: Math.max(depth, ...behind.map(({ reach }) => reach)), next: sorted(behind) }];
}

/** Cycles until each router's memory has `packets` packets of `flits` flits: the closed form of the documentation. */
function closedForm(from: number, to: readonly number[], packets: number, flits: number, routerCycles: number): number[] {
  const cycles: number[] = [];
  const send = (router: number, next: readonly Station[], first: number, slowest: number): void => {
    const pace = Math.max(slowest, next.length * flits);
    next.forEach((station, copy) => {
      const arrives = first + copy * flits + alone(flits, mesh.hops(router, station.router), routerCycles);
      cycles[station.router] = arrives + (packets - 1) * pace;
      send(station.router, station.next, arrives, pace);
    });
  };
  send(from, stations(from, to, 0), 0, 0);
  return to.map((router) => cycles[router]!);
}

/** Links of the tree of XY routes. */
function treeLinks(from: number, to: readonly number[]): Set<string> {
  const links = new Set<string>();
  for (const target of to) {
    for (let at = from; at !== target;) {
      const next = mesh.links[mesh.nextLink(at, target)]!.to;
      links.add(`${at}-${next}`);
      at = next;
    }
  }
  return links;
}

const targetLists = fc.uniqueArray(fc.nat(ROUTERS - 1), { minLength: 2, maxLength: ROUTERS });

describe('a multicast alone on a mesh', () => {
  it('costs an ejection, the store of a packet and an injection at each fork of a chain', () => {
    // Along a row, each router a target: 4 flits, of which the next interface waits for the last.
    const hop = alone(4, 1);
    expect(sendOne(0, [1, 2, 3], 56).cycles).toEqual([hop, 2 * hop, 3 * hop]);
    expect(hop).toBe(2 + 5 * 2 + 3);
    expect(sendOne(0, [3], 56).cycles).toEqual([alone(4, 3)]);
    // Routers 1 and 2 copy for the column below and the row: the farther copy goes first.
    expect(sendOne(0, [5, 3], 56).cycles).toEqual([hop + 4 + hop, hop + alone(4, 2)]);
  });

  it('takes exactly the closed form, and each link of the tree carries each packet once', () => {
    fc.assert(
      fc.property(
        fc.nat(ROUTERS - 1),
        targetLists,
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 8 }),
        fc.constantFrom(0, 1),
        fc.integer({ min: 2, max: 5 }),
        (from, to, packets, moreFlits, routingDelay, numVcs) => {
          const flits = 1 + moreFlits;
          const bytes = packets * (flits * FLIT_BYTES - HEADER);
          const { cycles, report, statistics } = sendOne(from, to, bytes, { maxPacketFlits: flits, routingDelay, numVcs });
          expect(cycles).toEqual(closedForm(from, to, packets, flits, 4 + routingDelay));
          const links = treeLinks(from, to);
          const loads = report.links.filter((link) => link.flits > 0).map((link) => [`${link.from}-${link.to}`, link.flits]);
          expect(new Map(loads as [string, number][])).toEqual(new Map([...links].map((link) => [link, packets * flits])));
          expect(statistics).toMatchObject({ messages: to.length, packets, bytes: bytes + HEADER });
        },
      ),
      { numRuns: caseCount(150) },
    );
  });

  it('counts routers, flits and energy of what really moves', () => {
    const { statistics, energy, report } = sendOne(0, [1, 2, 3], 56, { routerEnergyPerBitPj: 1, linkEnergyPerBitPj: 10 });
    // Three packets of two routers and a link each.
    expect(statistics).toMatchObject({ hops: 6, flitHops: 24 });
    expect(energy.breakdownPj(1)).toMatchObject({ router: 24 * 128, link: 10 * 12 * 128 });
    expect(report.multicasts).toEqual({ started: 1, held: 0, copies: 2 });
  });
});

describe('a packet that is all header', () => {
  it('is refused', () => {
    expect(() => sendOne(0, [1], 8, { flitBits: 8, maxPacketFlits: 8 })).toThrow(/a packet of 8 flits of 8 bits has no room behind its header of 8 bytes/);
  });
});

/** Every kind of network: forks at nodes, at routers without a node, routings that draw or adapt, graphs. */
const NETWORKS = [
  { topology: 'mesh', k: 4, n: 2, concentration: 2 },
  { topology: 'torus', k: 4, n: 2, concentration: 2 },
  { topology: 'ring', k: 5, concentration: 6 },
  { topology: 'cmesh', k: 4 },
  { topology: 'fly', k: 4, n: 3 },
  { topology: 'tree', k: 2, n: 5 },
  { topology: 'fattree', k: 4, n: 3 },
  { topology: 'mesh', k: 4, n: 2, concentration: 2, routing: 'min_adapt', waitForTailCredit: true },
  { topology: 'mesh', k: 4, n: 2, concentration: 2, routing: 'valiant_split' },
  { topology: 'bus', k: 32 },
];
const PLACES = 15;

const castArbitrary = fc.record({
  from: fc.nat(PLACES - 1),
  to: fc.uniqueArray(fc.nat(PLACES - 1), { minLength: 1, maxLength: 9 }),
  bytes: fc.integer({ min: 1, max: 3000 }),
});
const castLists = fc
  .array(castArbitrary, { minLength: 4, maxLength: 12 })
  .map((list) => list.filter(({ from }, i) => list.findIndex((other) => other.from === from) === i));
const limits = fc.record({
  multicastMessages: fc.constantFrom(0, 1, 2, 8),
  reassemblyMessages: fc.constantFrom(1, 8),
  outstandingMessages: fc.constantFrom(1, 4),
  maxPacketFlits: fc.constantFrom(2, 5, 9),
  numVcs: fc.constantFrom(4, 6),
  vcBufferFlits: fc.constantFrom(1, 8),
});

function check(casts: readonly Multicast[], config: object, everyCycles: number, clockHz: number) {
  const { machine, noc: built, timesWritten, ends } = runMulticasts(casts, { plugin: noc, config, places: PLACES, memory: { everyCycles }, clockHz });
  expect(machine.transactions.inFlight).toBe(0);
  expect(machine.kernel.unfinishedWaits()).toEqual([]);
  casts.forEach(({ to, bytes }, i) => {
    for (const place of to) expect(timesWritten(place).slice(i * REGION_BYTES, i * REGION_BYTES + bytes)).toEqual(new Array<number>(bytes).fill(1));
  });
  const total = Array.from({ length: PLACES }, (_, place) => timesWritten(place))
    .flat()
    .reduce((sum, count) => sum + count, 0);
  expect(total).toBe(casts.reduce((sum, { to, bytes }) => sum + to.length * bytes, 0));
  return digestOf({ ends, report: built.model.report!(), statistics: { ...built.statistics } });
}

describe('many multicasts at once, with plain writes between', () => {
  it.each(some(NETWORKS, 3))('reach everybody once on %o, also when memories stall', (network) => {
    fc.assert(
      fc.property(castLists, limits, fc.constantFrom(0, 3, 90), fc.constantFrom(1e9, 0.7e9, 1.3e9), (casts, limit, everyCycles, clockHz) => {
        const config = { ...network, ...limit };
        const digest = check(casts, config, everyCycles, clockHz);
        if (isLongRun || network === NETWORKS[0]) expect(check(casts, config, everyCycles, clockHz)).toBe(digest);
      }),
      { numRuns: caseCount(12, 1) },
    );
  });
});

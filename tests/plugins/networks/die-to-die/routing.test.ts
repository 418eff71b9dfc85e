import { describe, expect, it } from 'vitest';
import { buildMachine, completeConfig, type BlockPlugin, type Machine } from '../../../../core/index.js';
import type { BlockSpec, ConnectionSpec } from '../../../../core/machine/specification.js';
import type { DieToDieConfig } from '../../../../plugins/networks/die-to-die/config.js';
import { dieToDiePlugin } from '../../../../plugins/networks/die-to-die/index.js';
import { LinkTiming } from '../../../../plugins/networks/die-to-die/link-timing.js';
import { uncontendedCycles } from '../../../../plugins/networks/mesh-packet/closed-form.js';
import type { MeshPacketConfig } from '../../../../plugins/networks/mesh-packet/config.js';
import { meshPacketPlugin } from '../../../../plugins/networks/mesh-packet/index.js';
import { nocFlitPlugin } from '../../../../plugins/networks/noc-flit/index.js';
import { echoMemory } from '../../support/echo-memory.js';
import { scriptedDriver, type ScriptedRequest } from '../../support/traffic-driver.js';

const link = dieToDiePlugin as BlockPlugin;
const mesh = meshPacketPlugin as BlockPlugin;
const flit = nocFlitPlugin as BlockPlugin;
const HEADER = 8;
const DIES = [0, 1, 2, 3];
/** Router of each die that leads out, of the driver and of the memory, on dies of 4 x 4. */
const [GATE, DRIVER, MEMORY] = [7, 8, 13];
const timing = new LinkTiming(completeConfig(link.configSchema, {}, '') as unknown as DieToDieConfig);
const PACKAGE = { columns: 2, rows: 2, routerCycles: 4, linkCycles: 2 };
const meshOf = (partial: object): MeshPacketConfig => completeConfig(mesh.configSchema, partial, '') as unknown as MeshPacketConfig;
const hops = (columns: number, from: number, to: number): number =>
  Math.abs((from % columns) - (to % columns)) + Math.abs(Math.floor(from / columns) - Math.floor(to / columns));
const edge = (tick: number): number => Math.ceil(tick / 1000) * 1000;

/** A network that a die may have inside: its plugin, and the cycles of a message alone over so many hops. */
interface DieNetwork {
  readonly plugin: BlockPlugin;
  readonly config: Readonly<Record<string, unknown>>;
  readonly cycles: (bytes: number, distance: number) => number;
}

const MESH_DIE = { columns: 4, rows: 4, concentration: 3 };
const FLIT_BYTES = 16;
const DIE_NETWORKS: Readonly<Record<string, DieNetwork>> = {
  'mesh-packet': { plugin: mesh, config: MESH_DIE, cycles: (bytes, distance) => uncontendedCycles(meshOf(MESH_DIE), distance, bytes) },
  // docs/models/noc-flit.md: two cycles at the ends, five a router, a flit a cycle behind the head.
  'noc-flit': {
    plugin: flit,
    config: { topology: 'mesh', k: 4, n: 2, concentration: 3 },
    cycles: (bytes, distance) => 2 + 5 * (distance + 1) + Math.ceil(bytes / FLIT_BYTES) - 1,
  },
};

interface Package {
  readonly network: DieNetwork;
  /** How the dies are joined, from the third and second nodes of their gates on. */
  readonly joins: { readonly blocks: readonly BlockSpec[]; readonly connections: readonly ConnectionSpec[] };
  readonly scripts: Readonly<Record<number, readonly ScriptedRequest[]>>;
  readonly credits?: number;
}

const gate = (die: number, way: 1 | 2): string => `die${die}.noc.node${3 * GATE + way}`;
const linkBlock = (path: string, config: Readonly<Record<string, unknown>> = {}): BlockSpec => ({ path, plugin: link, config, clock: 'core' });
const joined = (path: string, from: string, to: string): ConnectionSpec[] => [
  { from, to: `${path}.a` },
  { from: `${path}.b`, to },
];

/** Each die has a link to a network on the package. */
const STAR: Package['joins'] = {
  blocks: [...DIES.map((die) => linkBlock(`d2d${die}`)), { path: 'package', plugin: mesh, config: PACKAGE, clock: 'core' }],
  connections: DIES.flatMap((die) => joined(`d2d${die}`, gate(die, 1), `package.node${die}`)),
};

/** Neighbours of a 2 x 2 grid are joined directly; the lower node of every gate leads along the row. */
const grid = (credits: number): Package['joins'] => ({
  blocks: ['row0', 'row1', 'column0', 'column1'].map((path) => linkBlock(path, { credits })),
  connections: [
    ...joined('row0', gate(0, 1), gate(1, 1)),
    ...joined('row1', gate(2, 1), gate(3, 1)),
    ...joined('column0', gate(0, 2), gate(2, 2)),
    ...joined('column1', gate(1, 2), gate(3, 2)),
  ],
});

function build({ network, joins, scripts }: Package) {
  const drivers = DIES.map((die) => scriptedDriver(scripts[die] ?? []));
  const machine = buildMachine({
    name: 'four dies',
    clocks: { core: 1e9 },
    blocks: [
      ...DIES.map((die): BlockSpec => ({ path: `die${die}.noc`, plugin: network.plugin, config: network.config, clock: 'core' })),
      ...DIES.map((die): BlockSpec => ({ path: `die${die}.core`, plugin: drivers[die]!.plugin, clock: 'core' })),
      ...DIES.map((die): BlockSpec => ({ path: `die${die}.hbm`, plugin: echoMemory, clock: 'core' })),
      ...joins.blocks,
    ],
    connections: [
      ...DIES.map((die) => ({ from: `die${die}.core.memory0`, to: `die${die}.noc.node${3 * DRIVER}` })),
      ...DIES.map((die) => ({ from: `die${die}.hbm.port0`, to: `die${die}.noc.node${3 * MEMORY}` })),
      ...joins.connections,
    ],
  });
  machine.run();
  machine.finish();
  return { machine, outcomes: drivers.map(({ outcomes }) => outcomes) };
}

/** Messages that each network and link has carried, those that carried none left out. */
function carried(machine: Machine): Record<string, number> {
  const counts = machine.blocks.map(({ path, statistics }) => [path, statistics['messages'] ?? 0] as const);
  return Object.fromEntries(counts.filter(([, messages]) => messages > 0));
}

const overDie = (network: DieNetwork, tick: number, bytes: number, distance: number): number => tick + 1000 * (1 + network.cycles(bytes, distance));
const overLink = (tick: number, bytes: number): number => edge(tick + 1000 + timing.uncontendedTicks(bytes));
const overPackage = (tick: number, bytes: number, from: number, to: number): number =>
  tick + 1000 * (1 + uncontendedCycles(meshOf(PACKAGE), hops(2, from, to), bytes));

describe.each(Object.entries(DIE_NETWORKS))('four dies of 4 x 4 with %s on a package network of 2 x 2', (_name, network) => {
  const read = (bytes: number): ScriptedRequest => ({ atCycle: 0, target: 'die0.hbm', rowBytes: bytes });

  it.each([1, 64, 128])('a read of %i bytes from die 3 in the memory of die 0 takes the sum of what lies on its way', (bytes) => {
    const { machine, outcomes } = build({ network, joins: STAR, scripts: { 3: [read(bytes)] } });
    expect(carried(machine)).toEqual({ 'die3.noc': 2, d2d3: 2, package: 2, d2d0: 2, 'die0.noc': 2 });
    const there =
      overDie(
        network,
        overLink(overPackage(overLink(overDie(network, 0, HEADER, hops(4, DRIVER, GATE)), HEADER), HEADER, 3, 0), HEADER),
        HEADER,
        hops(4, GATE, MEMORY),
      ) + 1000;
    const size = HEADER + bytes;
    const back =
      overDie(
        network,
        overLink(overPackage(overLink(overDie(network, there, size, hops(4, MEMORY, GATE)), size), size, 0, 3), size),
        size,
        hops(4, GATE, DRIVER),
      ) + 1000;
    expect(outcomes[3]![0]!.doneTick).toBe(back);
  });

  it('all reach the memory behind die 0, its own core without leaving the die', () => {
    const { machine, outcomes } = build({ network, joins: STAR, scripts: { 0: [read(64)], 1: [read(64)], 2: [read(64)], 3: [read(64)] } });
    for (const list of outcomes) expect(list[0]!.doneTick).toBeGreaterThan(0);
    expect(carried(machine)).toEqual({ 'die0.noc': 8, 'die1.noc': 2, 'die2.noc': 2, 'die3.noc': 2, d2d0: 6, d2d1: 2, d2d2: 2, d2d3: 2, package: 6 });
  });
});

describe('four dies that are joined to their neighbours', () => {
  const network = DIE_NETWORKS['mesh-packet']!;
  const read = (die: number): ScriptedRequest => ({ atCycle: 0, target: `die${die}.hbm`, rowBytes: 64 });

  it.each([
    [3, 0, ['row1', 'column0'], ['die3.noc', 'die2.noc', 'die0.noc'], ['row0', 'column1'], 'die1.noc'],
    [0, 3, ['row0', 'column1'], ['die0.noc', 'die1.noc', 'die3.noc'], ['row1', 'column0'], 'die2.noc'],
  ] as const)('from die %i to die %i and back: the fewest blocks, of equal ways that by the lower node', (from, to, there, dies, back, between) => {
    const { machine } = build({ network, joins: grid(16), scripts: { [from]: [read(to)] } });
    const expected: Record<string, number> = {};
    // Request along the row first; the response starts from the other die and goes along its own row first.
    for (const path of [...there, ...dies, ...back, between, dies[0], dies[2]]) expected[path] = (expected[path] ?? 0) + 1;
    expect(carried(machine)).toEqual(expected);
  });

  it('a neighbour is reached over one link', () => {
    const { machine } = build({ network, joins: grid(16), scripts: { 0: [read(1)], 2: [read(3)] } });
    expect(carried(machine)).toEqual({ 'die0.noc': 2, 'die1.noc': 2, 'die2.noc': 2, 'die3.noc': 2, row0: 2, row1: 2 });
  });

  it.each(Object.keys(DIE_NETWORKS))('rows first has no cycle: everybody with everybody, one credit, %s', (name) => {
    const script = (die: number): ScriptedRequest[] =>
      Array.from({ length: 120 }, (_, i) => ({ atCycle: 0, target: `die${(die + 1 + (i % 3)) % 4}.hbm`, rowBytes: 100, kind: i % 2 === 0 ? 'read' : 'write' }));
    const { machine, outcomes } = build({ network: DIE_NETWORKS[name]!, joins: grid(1), scripts: Object.fromEntries(DIES.map((die) => [die, script(die)])) });
    for (const { doneTick } of outcomes.flat()) expect(doneTick).toBeGreaterThan(0);
    expect(machine.kernel.unfinishedWaits()).toEqual([]);
    expect(machine.transactions.inFlight).toBe(0);
  });
});

import { expect, describe, it } from 'vitest';
import { isBlockPlugin, machineAround } from '../../core/conformance/block-contract.js';
import { buildMachine, type BlockPlugin, type Machine } from '../../core/index.js';
import { builtinPlugins } from '../../plugins/index.js';
import { dieToDiePlugin } from '../../plugins/networks/die-to-die/index.js';
import { echoMemory } from '../plugins/support/echo-memory.js';
import { scriptedDriver } from '../plugins/support/traffic-driver.js';

/** With which configuration each cause is heard; together these are all that the plugin declares. `pause`: of the neighbours, in cycles. */
const HEARD: readonly {
  readonly plugin: string;
  readonly causes: readonly string[];
  readonly config: Readonly<Record<string, unknown>>;
  readonly nodes?: number;
  readonly pause: number;
}[] = [
  { plugin: 'ideal', causes: ['port'], config: {}, nodes: 4, pause: 12 },
  { plugin: 'bus', causes: ['link', 'room', 'port'], config: { outputDepth: 1 }, nodes: 4, pause: 12 },
  { plugin: 'die-to-die', causes: ['credit'], config: { credits: 1 }, pause: 12 },
  { plugin: 'die-to-die', causes: ['link'], config: { rateGtps: 4 }, pause: 0 },
  { plugin: 'mesh-packet', causes: ['link', 'credit', 'port'], config: { columns: 3, rows: 2, bufferPackets: 1, linkWidthBits: 32 }, nodes: 6, pause: 8 },
  { plugin: 'packet', causes: ['link', 'credit', 'port'], config: { topology: 'ring', k: 6, n: 1, bufferPackets: 1, linkWidthBits: 32 }, nodes: 6, pause: 8 },
  { plugin: 'noc-flit', causes: ['link', 'order', 'room', 'port'], config: { k: 3, n: 2, flitBits: 32, reassemblyMessages: 1 }, nodes: 9, pause: 8 },
];

interface Hearing {
  /** Ticks by cause. */
  readonly waited: ReadonlyMap<string, number>;
  readonly machine: Machine;
}

function run({ plugin: name, config, nodes, pause }: (typeof HEARD)[number], listens: boolean): Hearing {
  const plugin = builtinPlugins.filter(isBlockPlugin).find((candidate) => candidate.name === name) as BlockPlugin;
  const machine = buildMachine(machineAround({ ...plugin, example: { config, ports: nodes === undefined ? {} : { node: nodes } } }, pause));
  const waited = new Map<string, number>();
  const heard = [machine.built('dut').milestones, ...machine.links.map(({ milestones }) => milestones)];
  for (const milestones of listens ? heard : []) {
    const where = milestones.path === 'dut' ? '' : 'connection ';
    milestones.listen((cause, operation, sinceTick, tick) => {
      const told = milestones.causes[cause];
      if (told === undefined || !(sinceTick >= 0) || !(sinceTick < tick) || operation !== -1) throw new Error(`cause ${cause} from ${sinceTick} to ${tick}`);
      waited.set(where + told, (waited.get(where + told) ?? 0) + tick - sinceTick);
    });
  }
  machine.run();
  machine.finish();
  return { waited, machine };
}

const figures = ({ machine }: Hearing): unknown => [
  machine.kernel.now,
  machine.kernel.eventCount,
  machine.blocks.map((block) => [block.statistics, [...block.stalls.ticks], block.energy.breakdownPj(1), block.model.report?.()]),
];

const named = HEARD.map((entry) => [`${entry.plugin} ${JSON.stringify(entry.config)}`, entry] as const);

describe.each(named)('%s', (_, entry) => {
  const heard = run(entry, true);

  it(`tells ${entry.causes.join(', ')}, and listening changes nothing`, () => {
    expect([...heard.waited.keys()]).toEqual(expect.arrayContaining([...entry.causes]));
    expect(figures(heard)).toEqual(figures(run(entry, false)));
  });

  it.runIf(entry.pause > 0)('and the connections tell the credits that their senders waited for', () => {
    expect(heard.waited.get('connection credit')).toBeGreaterThan(0);
  });
});

describe.each(['mesh-packet', 'packet'])('%s', (name) => {
  it('tells all that packets waited for outputs', () => {
    const entry = HEARD.find(({ plugin }) => plugin === name)!;
    const { waited, machine } = run(entry, true);
    const built = machine.built('dut');
    const told = entry.causes.reduce((sum, cause) => sum + (waited.get(cause) ?? 0), 0);
    const cycles = told / built.description.clock.periodTicks;
    expect(cycles / built.statistics['waitCycles']!).toBeCloseTo(1, 3);
  });
});

it('die-to-die tells the messages that the other die did not take', () => {
  const script = Array.from({ length: 12 }, () => ({ atCycle: 0, target: 'memory', rowBytes: 64 }));
  const machine = buildMachine({
    name: 'a requester that leaves responses waiting',
    clocks: { core: 1e9 },
    blocks: [
      { path: 'link', plugin: dieToDiePlugin as BlockPlugin, clock: 'core' },
      { path: 'driver', plugin: scriptedDriver(script, { takeResponsesFromCycle: 700 }).plugin, clock: 'core' },
      { path: 'memory', plugin: echoMemory, clock: 'core' },
    ],
    connections: [
      { from: 'driver.memory0', to: 'link.a' },
      { from: 'memory.port0', to: 'link.b' },
    ],
  });
  const { milestones } = machine.built('link');
  const ends: number[] = [];
  milestones.listen((cause, _operation, _since, tick) => {
    if (milestones.causes[cause] === 'port') ends.push(tick);
  });
  machine.run();
  expect(Math.min(...ends)).toBeGreaterThanOrEqual(700_000);
});

it('every cause that a network declares is heard above', () => {
  for (const name of new Set(HEARD.map((entry) => entry.plugin))) {
    const plugin = builtinPlugins.filter(isBlockPlugin).find((candidate) => candidate.name === name) as BlockPlugin;
    const heard = HEARD.filter((entry) => entry.plugin === name).flatMap(({ causes }) => causes);
    const elsewhere = name === 'die-to-die' ? ['port'] : [];
    expect([...new Set([...heard, ...elsewhere])].sort(), name).toEqual(Object.keys(plugin.milestones ?? {}).sort());
  }
});

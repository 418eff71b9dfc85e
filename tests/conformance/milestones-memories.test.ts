import { describe, expect, it } from 'vitest';
import { isBlockPlugin } from '../../core/conformance/block-contract.js';
import { machineAround } from '../../core/conformance/bench-machine.js';
import { buildMachine, type BlockPlugin, type Machine } from '../../core/index.js';
import { builtinPlugins } from '../../plugins/index.js';

type Config = Readonly<Record<string, unknown>>;

/** With which configuration each cause is heard; together these are all that the plugin declares. */
const HEARD: readonly {
  readonly plugin: string;
  readonly causes: readonly string[];
  readonly config: Config;
  readonly ports?: number;
  readonly pause?: number;
}[] = [
  { plugin: 'sram', causes: ['bank', 'order'], config: { banks: 2 }, ports: 3 },
  { plugin: 'sram', causes: ['room', 'port'], config: { responseDepth: 1 }, pause: 40 },
  { plugin: 'cache', causes: ['data', 'room'], config: { capacityBytes: 1024, ways: 2, mshrs: 2 } },
  { plugin: 'cache', causes: ['link'], config: { capacityBytes: 1024 }, pause: 40 },
  { plugin: 'cache', causes: ['port'], config: { ideal: ['misses'] }, pause: 40 },
  { plugin: 'dram-simple', causes: ['bank', 'row', 'refresh', 'bus', 'room'], config: { channels: 1, banks: 4, tREFI: 500, tRFC: 100, queueDepth: 2 } },
  { plugin: 'dram-simple', causes: ['port'], config: { ideal: ['rowMisses'] }, pause: 40 },
  { plugin: 'dram', causes: ['bank', 'row', 'refresh', 'bus', 'room'], config: { timings: { nREFI: 1200 }, queueDepth: 2 } },
  { plugin: 'dram', causes: ['row', 'bus', 'room'], config: { queues: { reads: 2, writes: 2 } } },
  { plugin: 'dram', causes: ['row', 'bank'], config: { like: 'dramsim3', queues: { unified: true }, rowPolicy: { name: 'closed' } } },
  { plugin: 'dram', causes: ['port'], config: { ideal: ['rowMisses'], frontCycles: 0 }, pause: 60 },
];

interface Hearing {
  readonly counts: ReadonlyMap<string, number>;
  readonly machine: Machine;
}

function run(name: string, config: Config, ports: number, pause: number, listens: boolean): Hearing {
  const plugin = builtinPlugins.filter(isBlockPlugin).find((candidate) => candidate.name === name) as BlockPlugin;
  const machine = buildMachine(machineAround({ ...plugin, example: { config, ports: { port: ports } } }, pause));
  const counts = new Map<string, number>();
  const { milestones } = machine.built('dut');
  const hear = (cause: number, _operation: number, sinceTick: number, tick: number): void => {
    const told = milestones.causes[cause];
    if (told === undefined || !(sinceTick >= 0) || !(sinceTick < tick)) throw new Error(`cause ${cause} from ${sinceTick} to ${tick}`);
    counts.set(told, (counts.get(told) ?? 0) + 1);
  };
  if (listens) milestones.listen(hear);
  machine.run();
  machine.finish();
  return { counts, machine };
}

const figures = ({ machine }: Hearing): unknown => [
  machine.kernel.now,
  machine.kernel.eventCount,
  machine.blocks.map((block) => [block.statistics, [...block.stalls.ticks], block.energy.breakdownPj(1), block.model.report?.()]),
];

describe.each(HEARD.map((entry) => [`${entry.plugin} ${JSON.stringify(entry.config)}`, entry] as const))(
  '%s',
  (_, { plugin, causes, config, ports = 2, pause = 0 }) => {
    it(`tells ${causes.join(', ')}, and listening changes nothing`, () => {
      const heard = run(plugin, config, ports, pause, true);
      expect([...heard.counts.keys()]).toEqual(expect.arrayContaining([...causes]));
      expect(figures(heard)).toEqual(figures(run(plugin, config, ports, pause, false)));
    });
  },
);

it('every cause that a memory declares is heard above', () => {
  for (const name of new Set(HEARD.map(({ plugin }) => plugin))) {
    const plugin = builtinPlugins.find((candidate) => candidate.name === name) as BlockPlugin;
    const heard = HEARD.filter((entry) => entry.plugin === name).flatMap(({ causes }) => causes);
    expect([...new Set(heard)].sort(), name).toEqual(Object.keys(plugin.milestones ?? {}).sort());
  }
});

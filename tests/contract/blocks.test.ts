import { describe, expect, it } from 'vitest';
import { BLOCK_KINDS, buildMachine, type BlockPlugin, type ConnectionSpec, type Machine, type MachineSpec } from '../../core/index.js';
import { builtinPlugins } from '../../plugins/index.js';
import { benchPlugin } from './bench-block.js';

const REQUESTS = 200;
const blocks = builtinPlugins.filter((plugin): plugin is BlockPlugin => (BLOCK_KINDS as readonly string[]).includes(plugin.kind));

/** Names of the ports under test: each single one, and of a numbered one as many as the plugin's example says (or two). */
function portsOf(plugin: BlockPlugin): { name: string; role: string }[] {
  return Object.entries(plugin.ports).flatMap(([name, port]) =>
    port.many === true ? Array.from({ length: plugin.example?.ports?.[name] ?? 2 }, (_, i) => ({ name: `${name}${i}`, role: port.role })) : [{ name, role: port.role }],
  );
}

/** The block with a bench at every port: benches at target ports ask it, those at a network's ports ask each other. */
function machineAround(plugin: BlockPlugin, pause: number): MachineSpec {
  const ports = portsOf(plugin);
  const isTarget = plugin.kind === 'memory' || plugin.kind === 'pim';
  const benches = ports.map(({ name }) => `bench-${name}`);
  const forwarded = ports.filter(({ role }) => role === 'both').map(({ name }) => `bench-${name}`);
  const connections: ConnectionSpec[] = ports.map(({ name }) => ({ from: `bench-${name}.port`, to: `dut.${name}` }));
  return {
    name: `contract of ${plugin.name}`,
    clocks: { bench: 1_000_000_000, dut: 877_000_000 },
    blocks: [
      { path: 'dut', plugin, config: plugin.example?.config ?? {}, clock: 'dut' },
      ...ports.map(({ name, role }, index) => {
        const others = forwarded.filter((bench) => bench !== `bench-${name}`);
        const targets = role === 'target' && isTarget ? ['dut'] : role === 'both' ? others : [];
        return { path: benches[index] as string, plugin: benchPlugin, config: { targets, requests: REQUESTS, pause }, clock: 'bench' };
      }),
    ],
    connections,
    seed: 7,
  };
}

function run(spec: MachineSpec, reversed = false): { machine: Machine; trace: string } {
  const order = spec.blocks.map((_, index) => (reversed ? spec.blocks.length - 1 - index : index));
  const machine = buildMachine(spec, { constructionOrder: order });
  machine.run({ maxEvents: 5_000_000 });
  machine.finish();
  const trace = JSON.stringify(machine.blocks.map((block) => [block.path, block.statistics, [...block.stalls.ticks], block.energy.breakdownPj(1)]));
  return { machine, trace };
}

describe.each(blocks.map((plugin) => [plugin.name, plugin] as const))('contract of %s', (_, plugin) => {
  it('describes itself: every configuration word, port, statistic and probe has a description', () => {
    const properties = Object.entries(plugin.configSchema.properties ?? {});
    for (const [name, schema] of properties) expect(schema.description, name).toBeTruthy();
    for (const declaration of [...Object.values(plugin.ports), ...Object.values(plugin.statistics), ...Object.values(plugin.probes ?? {})]) {
      expect(declaration.description).toBeTruthy();
    }
    for (const statistic of Object.values(plugin.statistics)) expect(statistic.unit).toBeTruthy();
    expect(plugin.summary.length).toBeGreaterThan(10);
    expect(plugin.configSchema.additionalProperties).toBe(false);
  });

  it.each([
    ['quick', 0],
    ['slow', 12],
  ])('answers every request of %s neighbours exactly once, however full its ports', (_name, pause) => {
    const { machine } = run(machineAround(plugin, pause));
    for (const block of machine.blocks.filter(({ path }) => path !== 'dut')) {
      expect(block.statistics['wrong'], `${block.path} got something that was not for it`).toBe(0);
      expect(block.statistics['answered'], `${block.path} misses answers`).toBe(block.statistics['sent']);
    }
    expect(machine.transactions.inFlight).toBe(0);
    expect(machine.kernel.unfinishedWaits()).toEqual([]);
  });

  it('forwards every byte that was asked for', () => {
    const { machine } = run(machineAround(plugin, 3));
    const benches = machine.blocks.filter(({ path }) => path !== 'dut');
    const isForwarder = Object.values(plugin.ports).every((port) => port.role === 'both');
    if (!isForwarder) return;
    const sum = (name: string): number => benches.reduce((total, bench) => total + (bench.statistics[name] ?? 0), 0);
    expect(sum('bytesServed')).toBe(sum('bytesAsked'));
    expect(sum('served')).toBe(sum('sent'));
    expect(sum('sent')).toBeGreaterThan(0);
  });

  it('accounts for every tick in its stall stack', () => {
    const { machine } = run(machineAround(plugin, 2));
    const { stalls } = machine.built('dut');
    expect(stalls.ticks.reduce((a, b) => a + b, 0)).toBe(machine.kernel.now);
    expect([...stalls.ticks].every((ticks) => ticks >= 0)).toBe(true);
  });

  it('gives the same results twice, and with the blocks constructed in another order', () => {
    const spec = machineAround(plugin, 4);
    const first = run(spec);
    expect(run(spec).trace).toBe(first.trace);
    const reversed = run(spec, true);
    expect(reversed.trace).toBe(first.trace);
    expect(reversed.machine.kernel.now).toBe(first.machine.kernel.now);
  });

  it('leaves no event behind when its work is done', () => {
    const { machine } = run(machineAround(plugin, 1));
    expect(machine.kernel.pendingEvents).toBe(0);
  });
});

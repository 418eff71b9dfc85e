import { buildMachine, type Machine } from '../machine/machine.js';
import type { ConnectionSpec, MachineSpec } from '../machine/specification.js';
import type { BlockPlugin } from '../plugin/block-plugin.js';
import { benchPlugin } from './bench-block.js';
import { CONTRACT_HERTZ } from './described.js';

const REQUESTS = 200;
export const MAX_EVENTS = 5_000_000;

/** Names of the ports under test: each single one, and of a numbered one as many as the plugin's example says (or two). */
function portsOf(plugin: BlockPlugin): { name: string; role: string }[] {
  return Object.entries(plugin.ports).flatMap(([name, port]) =>
    port.many === true
      ? Array.from({ length: plugin.example?.ports?.[name] ?? 2 }, (_, i) => ({ name: `${name}${i}`, role: port.role }))
      : [{ name, role: port.role }],
  );
}

/**
 * The block with a bench at every port: benches at target ports ask it, those at a network's ports ask each other.
 *
 * @param pause largest pause of a bench before a message, in its cycles
 */
export function machineAround(plugin: BlockPlugin, pause: number): MachineSpec {
  const ports = portsOf(plugin);
  const isTarget = plugin.kind === 'memory' || plugin.kind === 'pim';
  const forwarded = ports.filter(({ role }) => role === 'both').map(({ name }) => `bench-${name}`);
  const connections: ConnectionSpec[] = ports.map(({ name }) => ({ from: `bench-${name}.port`, to: `dut.${name}` }));
  return {
    name: `contract of ${plugin.name}`,
    clocks: { bench: 1_000_000_000, dut: CONTRACT_HERTZ },
    blocks: [
      { path: 'dut', plugin, config: plugin.example?.config ?? {}, clock: 'dut' },
      ...ports.map(({ name, role }) => {
        const others = forwarded.filter((bench) => bench !== `bench-${name}`);
        const targets = role === 'target' && isTarget ? ['dut'] : role === 'both' ? others : [];
        return { path: `bench-${name}`, plugin: benchPlugin, config: { targets, requests: REQUESTS, pause }, clock: 'bench' };
      }),
    ],
    connections,
    seed: 7,
  };
}

export interface BenchRun {
  readonly machine: Machine;
  /** Statistics, stall stack and energy of every block. */
  readonly trace: string;
}

let latest: { readonly plugin: BlockPlugin; readonly runs: Map<number, BenchRun> } | undefined;

/** The finished run around a block, which several rules look at. Kept for one plugin only: the rules are asked plugin by plugin. */
export function benchOf(plugin: BlockPlugin, pause: number): BenchRun {
  if (latest?.plugin !== plugin) latest = { plugin, runs: new Map() };
  const { runs } = latest;
  const run = runs.get(pause) ?? runBench(machineAround(plugin, pause));
  runs.set(pause, run);
  return run;
}

export function runBench(spec: MachineSpec, reversed = false, maxEvents = MAX_EVENTS): BenchRun {
  const order = spec.blocks.map((_, index) => (reversed ? spec.blocks.length - 1 - index : index));
  const machine = buildMachine(spec, { constructionOrder: order });
  machine.run({ maxEvents });
  machine.finish();
  const trace = JSON.stringify(machine.blocks.map((block) => [block.path, block.statistics, [...block.stalls.ticks], block.energy.breakdownPj(1)]));
  return { machine, trace };
}

import 'reflect-metadata';
import { container } from 'tsyringe';
import { InputError } from '../errors.js';
import { ClockDomain } from '../kernel/clock-domain.js';
import { energyTable, figuresOf } from '../model/energy-table.js';
import { conversionOf, widthProblem } from '../model/link-width.js';
import type { MachineBlock, MachineConnection } from '../model/machine-facts.js';
import { dynamicEnergyScale } from '../model/supply.js';
import { extensionAccess, NO_EXTENSIONS } from '../plugin/extension-access.js';
import { completeConfig } from '../plugin/plugin-config.js';
import { effectiveBindings } from './bindings.js';
import { Injection } from './injection.js';
import type { BlockSpec, ConnectionSpec, DescribedMachine, MachineSpec } from './specification.js';
import { asThrown, thrownText } from '../text/thrown.js';

/** Describes a machine, each block once: its validated configuration, its facts, its connections. InputError for what does not fit. */
export function describeMachine(spec: MachineSpec): DescribedMachine {
  const clocks = new Map<string, ClockDomain>();
  for (const [name, hertz] of Object.entries(spec.clocks)) clocks.set(name, new ClockDomain(name, hertz));
  const clockOf = (name: string, where: string): ClockDomain => {
    const clock = clocks.get(name);
    if (clock === undefined) throw new InputError({ path: where, message: `no clock '${name}'`, expected: [...clocks.keys()].join(', ') });
    return clock;
  };
  const referenceClock = clockOf(spec.referenceClock ?? [...clocks.keys()][0] ?? '', 'referenceClock');
  const { extensions = NO_EXTENSIONS, seed = 1 } = spec;
  const bindings = effectiveBindings(spec.bindings ?? {}, extensions);
  const table = new Injection(container.createChildContainer(), { seed, bindings, extensions, referenceClock }).find(energyTable, 'the machine');
  const blocks = [...spec.blocks]
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
    .map((block): MachineBlock => {
      const clock = clockOf(block.clock, block.path);
      const config = configOf(block, spec);
      const { facts, actions: own } = describeBlock(block, clock, config, spec);
      const actions = figuresOf(table, own, { block: block.path, plugin: block.plugin.name, config });
      const supply = block.supply === undefined ? {} : { supply: block.supply };
      return { path: block.path, plugin: block.plugin.name, pluginKind: block.plugin.kind, clock, ...supply, config, facts, actions };
    });
  if (new Set(blocks.map(({ path }) => path)).size !== blocks.length) throw new InputError({ message: 'two blocks have the same path' });
  const byPath = new Map(blocks.map((block) => [block.path, block]));
  const connections = spec.connections.map((connection) => describeConnection(connection, byPath, clockOf));
  const neighbours = neighbourTable(connections);
  return {
    name: spec.name,
    clocks,
    blocks,
    connections,
    referenceClock,
    block: (path) => byPath.get(path),
    neighbours: (path) => neighbours.get(path) ?? [],
    plugins: new Map(spec.blocks.map(({ path, plugin }) => [path, plugin])),
    seed,
    extensions,
    bindings,
  };
}

function configOf({ plugin, config = {}, path }: BlockSpec, { configsAreComplete, extensions }: MachineSpec): Readonly<Record<string, unknown>> {
  return configsAreComplete === true ? config : completeConfig(plugin.configSchema, config, path, extensions);
}

/** An error of a plugin is reported with plugin and block. */
function describeBlock(
  { plugin, path }: BlockSpec,
  clock: ClockDomain,
  config: Readonly<Record<string, unknown>>,
  { extensions = NO_EXTENSIONS, seed = 1 }: MachineSpec,
): Pick<MachineBlock, 'facts' | 'actions'> {
  const context = { path, clock, config, ...extensionAccess(extensions, { owner: path, seed }) };
  try {
    return { facts: plugin.describe(context), actions: plugin.actions?.(context) ?? {} };
  } catch (thrown) {
    const error = asThrown(thrown);
    if (error instanceof InputError) throw error;
    const reason = thrownText(error);
    const failure = new InputError({ path, message: `plugin '${plugin.name}' could not describe its block: ${reason}` });
    failure.cause = error;
    throw failure;
  }
}

/** Block path of a port path: all but the last part. */
export function blockPathOf(portPath: string): string {
  return portPath.slice(0, Math.max(0, portPath.lastIndexOf('.')));
}

/** Port name of a port path: the last part. */
export function portNameOf(portPath: string): string {
  return portPath.slice(portPath.lastIndexOf('.') + 1);
}

function describeConnection(
  connection: ConnectionSpec,
  blocks: ReadonlyMap<string, MachineBlock>,
  clockOf: (name: string, where: string) => ClockDomain,
): MachineConnection {
  const source = blocks.get(blockPathOf(connection.from));
  const where = `${connection.from} <-> ${connection.to}`;
  for (const port of [connection.from, connection.to]) {
    if (!blocks.has(blockPathOf(port))) throw new InputError({ path: where, message: `no block '${blockPathOf(port)}'` });
  }
  const clock = connection.clock === undefined ? source?.clock : clockOf(connection.clock, where);
  const problem = widthProblem(connection);
  if (problem !== undefined) throw new InputError({ path: where, message: problem });
  const { paceBits, converters } = conversionOf(connection);
  const { depth, pipelined, energyPerBitPj } = connection;
  return {
    from: connection.from,
    to: connection.to,
    latencyCycles: connection.latencyCycles ?? 1,
    widthBits: paceBits,
    ...(converters === 0 ? {} : { conversionCycles: converters * (connection.conversionCycles ?? 1) }),
    ...(pipelined === undefined ? {} : { pipelined }),
    ...(energyPerBitPj === undefined ? {} : { energyPerBitPj: energyPerBitPj * dynamicEnergyScale(connection.supply) }),
    ...(depth === undefined ? {} : { depth }),
    clock: clock as ClockDomain,
  };
}

function neighbourTable(connections: readonly MachineConnection[]): Map<string, string[]> {
  const table = new Map<string, string[]>();
  const add = (a: string, b: string): void => {
    const list = table.get(a);
    if (list === undefined) table.set(a, [b]);
    else if (!list.includes(b)) list.push(b);
  };
  for (const connection of connections) {
    const [a, b] = [blockPathOf(connection.from), blockPathOf(connection.to)];
    add(a, b);
    add(b, a);
  }
  return table;
}

import { InputError, ModelError } from '../errors.js';
import type { Kernel } from '../kernel/kernel.js';
import { RandomStream } from '../kernel/random.js';
import type { StateExchange } from '../kernel/state.js';
import { EnergyMeter } from '../model/energy.js';
import type { MachineBlock } from '../model/machine-facts.js';
import { Milestones } from '../model/milestone.js';
import { Port } from '../model/port.js';
import { CounterProbe, PointProbe, SpanProbe, type AnyProbe } from '../model/probes.js';
import { dynamicEnergyScale, staticPowerScale } from '../model/supply.js';
import { DEFAULT_STALL_CLASSES } from '../model/stall-class.js';
import { StallStack } from '../model/stall-stack.js';
import type { Block, BlockContext, BlockDirectory, BlockPlugin, PortDeclaration, ProbeDeclaration } from '../plugin/block-plugin.js';
import { numberedPorts } from '../plugin/port-names.js';
import type { TransactionPool } from '../model/transaction.js';
import { callBlock } from './block-failure.js';
import type { BlockScope, Injection } from './injection.js';
import type { RouteTable } from './routes.js';
import { asThrown, thrownText } from '../text/thrown.js';

const DEFAULT_PORT_DEPTH = 4;

/** What all blocks of one simulation share. */
export interface Simulation {
  readonly kernel: Kernel;
  readonly transactions: TransactionPool;
  readonly injection: Injection;
}

/** A block of a machine with everything that the core keeps for it: ports, statistics, stall stack, probes. */
export class BuiltBlock {
  readonly path: string;
  readonly ports: readonly Port[];
  readonly statistics: Record<string, number> = {};
  readonly stalls: StallStack;
  readonly energy: EnergyMeter;
  readonly milestones: Milestones;
  readonly probes = new Map<string, AnyProbe>();
  /** Messages for other blocks pass through. */
  readonly forwards: boolean;

  private created: Block | undefined;
  private readonly portsByName: ReadonlyMap<string, Port>;

  constructor(
    readonly id: number,
    readonly description: MachineBlock,
    readonly plugin: BlockPlugin,
    connectedPortNames: readonly string[],
    private readonly simulation: Simulation,
  ) {
    this.path = description.path;
    const { facts, supply, actions } = description;
    this.energy = new EnergyMeter(actions, dynamicEnergyScale(supply), staticPowerScale(supply), this.path);
    this.forwards = 'forwards' in facts && facts.forwards === true;
    this.ports = portNames(plugin, connectedPortNames, this.path).map(
      ({ name, declaration }, index) => new Port(`${this.path}.${name}`, name, index, id, declaration.depth ?? DEFAULT_PORT_DEPTH),
    );
    this.portsByName = new Map(this.ports.map((port) => [port.name, port]));
    this.stalls = new StallStack(simulation.kernel, Object.keys(plugin.stallClasses ?? DEFAULT_STALL_CLASSES));
    this.milestones = new Milestones(this.path, Object.keys(plugin.milestones ?? {}));
    for (const name of Object.keys(plugin.statistics)) this.statistics[name] = 0;
    for (const [name, probe] of Object.entries(plugin.probes ?? {})) {
      if (probe.many !== true) this.addProbe(name, probe);
    }
  }

  /** The model; available once constructed. */
  get model(): Block {
    if (this.created === undefined) throw new ModelError('the block is not constructed yet', this.path);
    return this.created;
  }

  portNamed(name: string): Port | undefined {
    return this.portsByName.get(name);
  }

  /** Lets the plugin make its model; an error of the plugin is reported with plugin and block. */
  construct(directory: BlockDirectory, routes: RouteTable): void {
    try {
      const scope = this.simulation.injection.scopeOf(this.path);
      const { name, needs } = this.plugin;
      const met = needs === undefined ? {} : scope.meet({ who: `${this.path} (${name})`, path: this.path, needs, config: this.description.config });
      this.created = this.plugin.create(this.context(directory, routes, scope), met);
    } catch (thrown) {
      const error = asThrown(thrown);
      if (error instanceof ModelError || error instanceof InputError) throw error;
      const reason = thrownText(error).replace(/^Error: /, '');
      const failure = new InputError({ path: this.path, message: `plugin '${this.plugin.name}' could not create its block: ${reason}` });
      failure.cause = error;
      throw failure;
    }
    if (typeof this.created !== 'object' || this.created === null) {
      throw new InputError({ path: this.path, message: `plugin '${this.plugin.name}' created no block but ${String(this.created)}`, expected: 'an object' });
    }
    for (const port of this.ports) port.owner = this.created;
    const { created } = this;
    if (created.waits !== undefined) {
      this.simulation.kernel.addWaiter({ waits: () => callBlock(this, 'to say what it waits for', () => created.waits?.() ?? []) });
    }
  }

  /** Computes the declared ratios from what the model has counted. */
  deriveStatistics(): void {
    for (const [name, { ratio }] of Object.entries(this.plugin.statistics)) {
      if (ratio !== undefined) this.statistics[name] = ratioOf(this.statistics[ratio[0]]!, this.statistics[ratio[1]]!);
    }
  }

  /** The block's state and totals. */
  exchange(s: StateExchange): void {
    for (const port of this.ports) port.state(s);
    this.stalls.state(s);
    this.stalls.counters(s);
    for (const name of Object.keys(this.statistics)) this.statistics[name] = s.number(this.statistics[name]!);
    this.energy.counters(s);
    callBlock(this, 'to tell its state', () => this.model.state?.(s));
  }

  private context(directory: BlockDirectory, routes: RouteTable, { seed, access }: BlockScope): BlockContext {
    const { kernel, transactions } = this.simulation;
    return {
      path: this.path,
      blockId: this.id,
      kernel,
      transactions,
      clock: this.description.clock,
      config: this.description.config,
      statistics: this.statistics,
      stalls: this.stalls,
      energy: this.energy,
      milestones: this.milestones,
      blocks: directory,
      port: (name) => this.requirePort(name),
      ports: (name) => numberedPorts(this.ports, name, (port) => port.name),
      portToward: (destination) => routes.portToward(this.id, destination),
      spanProbe: (name) => this.probe(name, SpanProbe),
      counterProbe: (name) => this.probe(name, CounterProbe),
      pointProbe: (name) => this.probe(name, PointProbe),
      random: (name) => new RandomStream(seed, `${this.path}/${name}`),
      ...access,
    };
  }

  private requirePort(name: string): Port {
    const port = this.portsByName.get(name);
    if (port === undefined) throw new ModelError(`plugin '${this.plugin.name}' declares no port '${name}'`, this.path);
    return port;
  }

  private addProbe(name: string, declaration: ProbeDeclaration): AnyProbe {
    const kind = { span: SpanProbe, counter: CounterProbe, point: PointProbe }[declaration.type];
    const probe = new kind(`${this.path}.${name}`, declaration.labels, declaration.unit);
    this.probes.set(name, probe);
    return probe;
  }

  private probe<P extends AnyProbe>(name: string, kind: new (...args: never[]) => P): P {
    const family = this.plugin.probes?.[name.split('.', 1)[0] ?? ''];
    const probe = this.probes.get(name) ?? (family?.many === true ? this.addProbe(name, family) : undefined);
    if (!(probe instanceof kind)) throw new ModelError(`plugin '${this.plugin.name}' declares no such probe '${name}'`, this.path);
    return probe;
  }
}

/** 0 over nothing: nothing happened that could have a mean. */
function ratioOf(numerator: number, denominator: number): number {
  return denominator === 0 ? 0 : numerator / denominator;
}

/** The ports that a block has: each single one declared, and of the numbered ones those that are connected. */
function portNames(plugin: BlockPlugin, connected: readonly string[], path: string): { name: string; declaration: PortDeclaration }[] {
  const result: { name: string; declaration: PortDeclaration }[] = [];
  const known = new Set<string>();
  for (const [name, declaration] of Object.entries(plugin.ports)) {
    if (declaration.many !== true) {
      result.push({ name, declaration });
      known.add(name);
      continue;
    }
    for (const port of numberedPorts(connected, name, (port) => port)) {
      if (!known.has(port)) result.push({ name: port, declaration });
      known.add(port);
    }
  }
  const unknown = connected.find((port) => !known.has(port));
  if (unknown !== undefined) {
    const expected = Object.entries(plugin.ports).map(([name, port]) => (port.many === true ? `${name}0, ${name}1, ...` : name));
    throw new InputError({ path: `${path}.${unknown}`, message: `plugin '${plugin.name}' has no port '${unknown}'`, expected: expected.join(' or ') });
  }
  return result;
}

import type { ClockDomain } from '../kernel/clock-domain.js';
import type { WaitFor } from '../kernel/deadlock.js';
import type { Kernel } from '../kernel/kernel.js';
import type { RandomStream } from '../kernel/random.js';
import type { StateExchange } from '../kernel/state.js';
import type { ActionDeclarations } from '../model/action.js';
import type { EnergyMeter } from '../model/energy.js';
import type { BlockFacts } from '../model/machine-facts.js';
import type { MilestoneDeclaration, Milestones } from '../model/milestone.js';
import type { Port, PortOwner } from '../model/port.js';
import type { CounterProbe, PointProbe, SpanProbe } from '../model/probes.js';
import type { StallClasses } from '../model/stall-class.js';
import type { StallStack } from '../model/stall-stack.js';
import type { TransactionPool } from '../model/transaction.js';
import type { OperationUnit } from '../schedule/resolve/operation.js';
import type { Met, Needs } from '../model/service.js';
import type { ExtensionAccess } from '../model/extension-point.js';
import type { JsonSchema } from '../document/json-schema.js';

export const BLOCK_KINDS = ['core', 'memory', 'network', 'dma', 'pim', 'link'] as const;
export type BlockKind = (typeof BLOCK_KINDS)[number];

export interface PortDeclaration {
  readonly description: string;
  /** `initiator` sends requests and takes responses, `target` the reverse, `both` forwards either. */
  readonly role: 'initiator' | 'target' | 'both';
  /** Any number of ports: `node0`, `node1`, ... Otherwise exactly one of this name. */
  readonly many?: boolean;
  /** The block runs without this port being connected. */
  readonly optional?: boolean;
  /** Messages per traffic class that the port's inbox holds, unless the connection says otherwise. Default 4. */
  readonly depth?: number;
}

export interface StatisticDeclaration {
  readonly unit: string;
  readonly description: string;
  /** Another form of other figures (a time that follows from counts, a sum that only a mean needs): no count of its own. */
  readonly derived?: boolean;
  /**
   * Numerator and denominator, each another statistic: a mean, a rate, a share. The core computes it at the end, 0 when the
   * denominator is; the model does not touch it.
   */
  readonly ratio?: readonly [numerator: string, denominator: string];
  /**
   * More of it slows a run down, and how, as the end of a sentence: 'an access waits until another row has been closed'. Where one of two
   * runs is slower and has more of it, comparisons name it as a cause.
   */
  readonly slows?: string;
}

export interface ProbeDeclaration {
  readonly type: 'span' | 'counter' | 'point';
  readonly description: string;
  readonly unit?: string;
  /** Names of the labels of spans. */
  readonly labels?: readonly string[];
  /** Any number of probes, made as the block asks for them: `link.r0-r1`, `link.r1-r2`, ... */
  readonly many?: boolean;
}

/** A simulated piece of hardware. Everything is optional: a block implements what it takes part in. */
export interface Block extends PortOwner {
  /** Executes operations of the schedule. */
  readonly unit?: OperationUnit;
  /** Called once at tick 0, in the order of the block paths. */
  start?(): void;
  /** Waits that are not satisfied; asked when no event is left. */
  waits?(): readonly WaitFor[];
  /** Called at the end, before statistics are read: the place for sums; ratios are declared. */
  finish?(): void;
  /** Saves or loads all that the block's future depends on, but its ports, statistics, stall stack and energy, which the core keeps. */
  state?(s: StateExchange): void;
  /** Tables of the block's own for the result document, e.g. a latency histogram. Plain JSON. */
  report?(): Readonly<Record<string, unknown>>;
}

/** Other blocks of the machine, by id. */
export interface BlockDirectory {
  readonly count: number;
  pathOf(blockId: number): string;
  /** Throws ModelError for an unknown path. */
  idOf(path: string): number;
  kindOf(blockId: number): BlockKind;
}

/** All that a block gets. */
export interface BlockContext<Config = Readonly<Record<string, unknown>>, Statistic extends string = string> extends ExtensionAccess {
  readonly path: string;
  readonly blockId: number;
  readonly kernel: Kernel;
  readonly clock: ClockDomain;
  /** Validated, with defaults filled in. */
  readonly config: Config;
  /** The declared statistics as plain numbers, all 0 at first: `statistics.rowHits++`. */
  readonly statistics: Record<Statistic, number>;
  /** Classes as the plugin declares them; starts in the first. */
  readonly stalls: StallStack;
  readonly energy: EnergyMeter;
  /** Where the block notes what ended its waits; the causes are numbered in the order of their declaration. */
  readonly milestones: Milestones;
  readonly transactions: TransactionPool;
  readonly blocks: BlockDirectory;
  /** The port of this name; a ModelError if the plugin does not declare it. An optional port may be unconnected. */
  port(name: string): Port;
  /** The connected ports of a `many` declaration, in the order of their numbers. */
  ports(name: string): readonly Port[];
  /** The port through which a block is reached by the fewest hops; undefined when it is not reachable. Not before `start`. */
  portToward(blockId: number): Port | undefined;
  spanProbe(name: string): SpanProbe;
  counterProbe(name: string): CounterProbe;
  pointProbe(name: string): PointProbe;
  /** A random stream seeded from (scenario seed, block path, name). */
  random(name: string): RandomStream;
}

/** What a block's static description may use; also what other plugins have registered. */
export interface DescribeContext<Config> extends ExtensionAccess {
  readonly path: string;
  readonly clock: ClockDomain;
  readonly config: Config;
}

/** What a block's state cannot do. */
export interface StateLimits {
  /** Why the state cannot be saved at all; such a block has no `state`. */
  readonly unsaved?: string;
  /** Why the state holds only for tensors at the same addresses, e.g. because banks follow from address bits. */
  readonly fixedAddresses?: string;
}

/** One mechanism of a block that a configuration can idealise. */
export interface IdealDeclaration {
  /** What is no longer there, e.g. "no refresh". */
  readonly description: string;
  /** Why a run may yet be slower by a little with it (an anomaly of scheduling), and by how much at most, 0..1. */
  readonly anomaly?: { readonly reason: string; readonly atMost: number };
}

export interface BlockPlugin<Config = Readonly<Record<string, unknown>>, Statistic extends string = string, N extends Needs = Needs> {
  readonly kind: BlockKind;
  /** The name after `use:`. */
  readonly name: string;
  readonly version: string;
  /** One line. */
  readonly summary: string;
  /** Where the model's formulas come from. */
  readonly sources?: readonly string[];
  readonly configSchema: JsonSchema;
  readonly ports: Readonly<Record<string, PortDeclaration>>;
  readonly statistics: Readonly<Record<Statistic, StatisticDeclaration>>;
  /** Classes of the stall stack with their roles, the resting class first. Default `DEFAULT_STALL_CLASSES`: idle, busy. */
  readonly stallClasses?: StallClasses;
  readonly probes?: Readonly<Record<string, ProbeDeclaration>>;
  /** What can end a wait of the block, numbered in this order. */
  readonly milestones?: Readonly<Record<string, MilestoneDeclaration>>;
  /** Mechanisms that `ideal: [name, ...]` in the configuration switches off, each to be had at no cost. */
  readonly ideal?: Readonly<Record<string, IdealDeclaration>>;
  /** What the block's state cannot do; absent when it can be saved and goes on with any addresses. */
  readonly stateLimits?: StateLimits;
  /** What `with` of an operation may say, by kind of operation (`compute`, `transfer`, `pim`); a kind that is not named takes nothing. */
  readonly operationSchemas?: Readonly<Record<string, JsonSchema>>;
  /** A configuration and port counts with which the contract test can build the block, when defaults do not do. */
  readonly example?: { readonly config?: Readonly<Record<string, unknown>>; readonly ports?: Readonly<Record<string, number>> };
  /** What mappers and estimators may know; must not simulate. */
  describe(context: DescribeContext<Config>): BlockFacts;
  /** All that the block counts and that costs energy, and its powers, each declared here and nowhere else. */
  actions?(context: DescribeContext<Config>): ActionDeclarations;
  /**
   * Rules that a schema cannot say (rows a power of two, ...). Returns sentences, each for a path inside the configuration. An
   * InputError that it throws counts as the same.
   */
  check?(config: Config, extensions: ExtensionAccess): readonly { readonly path: string; readonly message: string; readonly expected?: string }[];
  /** What it needs of the simulation and of other plugins, by names of its own; `create` gets them under these names. */
  readonly needs?: N;
  create(context: BlockContext<Config, Statistic>, needs: Met<N>): Block;
}

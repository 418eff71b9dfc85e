import 'reflect-metadata';
import { container as rootContainer, type DependencyContainer } from 'tsyringe';
import { InputError, ModelError } from '../errors.js';
import { Kernel, type RunBounds } from '../kernel/kernel.js';
import type { EventQueue } from '../kernel/event-queue.js';
import { WheelQueue } from '../kernel/wheel-queue.js';
import { Link, type LinkParameters } from '../model/link.js';
import type { MachineConnection, MachineDescription } from '../model/machine-facts.js';
import { Port } from '../model/port.js';
import { TransactionPool } from '../model/transaction.js';
import type { Block, BlockDirectory, BlockKind } from '../plugin/block-plugin.js';
import { injectionToken, Token } from '../plugin/tokens.js';
import { callBlock } from './block-failure.js';
import { BuiltBlock } from './built-block.js';
import { blockPathOf, describeMachine, portNameOf } from './description.js';
import { Injection } from './injection.js';
import type { DescribedMachine, MachineSpec } from './specification.js';
import { RouteTable } from './routes.js';

/** A machine that has been put together and can run once. */
export class Machine {
  private started = false;
  private readonly byPath: ReadonlyMap<string, BuiltBlock>;

  constructor(
    readonly description: MachineDescription,
    readonly kernel: Kernel,
    readonly transactions: TransactionPool,
    /** By block id, sorted by path. */
    readonly blocks: readonly BuiltBlock[],
    readonly links: readonly Link[],
    readonly directory: BlockDirectory,
    readonly container: DependencyContainer,
  ) {
    this.byPath = new Map(blocks.map((block) => [block.path, block]));
  }

  /** The block at a path; ModelError when there is none. */
  built(path: string): BuiltBlock {
    const found = this.byPath.get(path);
    if (found === undefined) throw new ModelError(`no block '${path}' in machine '${this.description.name}'`);
    return found;
  }

  /** The model object at a path. */
  block(path: string): Block {
    return this.built(path).model;
  }

  /** Fixes the order of ties and starts every block at tick 0, in the order of the paths. */
  start(): void {
    if (this.started) return;
    this.started = true;
    this.kernel.start();
    for (const block of this.blocks) callBlock(block, 'to start', () => block.model.start?.());
  }

  /** Starts if need be and runs until nothing is left or a bound is met; true when nothing is left. */
  run(bounds: RunBounds = {}): boolean {
    this.start();
    return this.kernel.run(bounds.maxEvents, bounds.maxTick);
  }

  /** Ends the stall stacks of every block at the current tick (or at `endTick`). */
  finish(endTick = this.kernel.now): void {
    for (const block of this.blocks) {
      callBlock(block, 'to finish', () => block.model.finish?.());
      block.deriveStatistics();
      block.stalls.finish(endTick);
    }
  }
}

export interface BuildOptions {
  /** Default a timing wheel whose slot fits the machine's shortest clock period. */
  readonly queue?: EventQueue;
  /** Construct the blocks in this order of indices (tests: any order gives the same results). */
  readonly constructionOrder?: readonly number[];
}

/** Describes and builds a machine, for programs and tests that have no scenario. */
export function buildMachine(spec: MachineSpec, options: BuildOptions = {}): Machine {
  return buildDescribed(describeMachine(spec), options);
}

/** Builds blocks, ports and links in a container of their own, so that two machines of one process share nothing. */
export function buildDescribed(description: DescribedMachine, options: BuildOptions = {}): Machine {
  const kernel = new Kernel(options.queue ?? new WheelQueue(shortestPeriodTicks(description)));
  const transactions = new TransactionPool();
  const container = rootContainer.createChildContainer();
  container.register(injectionToken(Token.kernel), { useValue: kernel });
  container.register(injectionToken(Token.transactions), { useValue: transactions });
  container.register(injectionToken(Token.seed), { useValue: description.seed });
  container.register<MachineDescription>(injectionToken(Token.machine), { useValue: description });
  const injection = new Injection(container, description);
  const blocks = makeBlocks(description, kernel, transactions, injection);
  const directory = directoryOf(blocks);
  const links = connect(description.connections, blocks, kernel);
  const routes = routesOf(blocks, description.connections);
  const order = options.constructionOrder ?? blocks.map((_, index) => index);
  for (const index of order) blocks[index]?.construct(directory, routes);
  return new Machine(description, kernel, transactions, blocks, links, directory, container);
}

function shortestPeriodTicks(description: MachineDescription): number {
  return Math.min(...[...description.clocks.values()].map((clock) => clock.minPeriodTicks));
}

function makeBlocks({ blocks, connections, plugins }: DescribedMachine, kernel: Kernel, transactions: TransactionPool, injection: Injection): BuiltBlock[] {
  const portNames = new Map<string, string[]>();
  for (const port of connections.flatMap(({ from, to }) => [from, to])) {
    const names = portNames.get(blockPathOf(port));
    if (names === undefined) portNames.set(blockPathOf(port), [portNameOf(port)]);
    else names.push(portNameOf(port));
  }
  const simulation = { kernel, transactions, injection };
  return blocks.map((block, id) => new BuiltBlock(id, block, plugins.get(block.path)!, portNames.get(block.path) ?? [], simulation));
}

function directoryOf(blocks: readonly BuiltBlock[]): BlockDirectory {
  const ids = new Map(blocks.map((block) => [block.path, block.id]));
  return {
    count: blocks.length,
    pathOf: (id) => blocks[id]?.path ?? `block ${id}`,
    idOf: (path) => {
      const id = ids.get(path);
      if (id === undefined) throw new ModelError(`no block '${path}'`);
      return id;
    },
    kindOf: (id) => blocks[id]?.plugin.kind as BlockKind,
  };
}

function connect(connections: readonly MachineConnection[], blocks: readonly BuiltBlock[], kernel: Kernel): Link[] {
  const byPath = new Map(blocks.map((block) => [block.path, block]));
  const portAt = (path: string): Port => {
    const port = byPath.get(blockPathOf(path))?.portNamed(portNameOf(path));
    if (port === undefined) throw new InputError({ path, message: `no port '${portNameOf(path)}' on '${blockPathOf(path)}'` });
    if (port.isConnected) throw new InputError({ path, message: 'the port is connected twice' });
    return port;
  };
  return connections.flatMap((connection) => {
    const [from, to] = [portAt(connection.from), portAt(connection.to)];
    from.outgoing = new Link(kernel, connection.clock, linkParameters(connection, to), from, to);
    to.outgoing = new Link(kernel, connection.clock, linkParameters(connection, from), to, from);
    to.incoming = from.outgoing;
    from.incoming = to.outgoing;
    [from.peer, to.peer] = [to, from];
    return [from.outgoing, to.outgoing];
  });
}

function linkParameters(connection: MachineConnection, receiver: Port): LinkParameters {
  return { ...connection, depth: Math.min(connection.depth ?? Infinity, receiver.inboxDepth) };
}

function routesOf(blocks: readonly BuiltBlock[], connections: readonly MachineConnection[]): RouteTable {
  const ids = new Map(blocks.map((block) => [block.path, block.id]));
  const other = new Map<string, number>();
  for (const { from, to } of connections) {
    other.set(from, ids.get(blockPathOf(to)) ?? -1);
    other.set(to, ids.get(blockPathOf(from)) ?? -1);
  }
  const nodes = blocks.map((block) => ({ ports: block.ports, forwards: block.forwards }));
  return new RouteTable(nodes, (port) => other.get(port.path) ?? -1);
}

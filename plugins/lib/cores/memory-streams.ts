import { type BlockContext, Fifo, ModelError, type Port, type StateExchange, TrafficClass, type Transaction, TransactionKind } from 'tessera-sim';
import type { BurstList } from './burst-list.js';
import type { CoreStatistic } from './core-declarations.js';

/**
 * The memory side of a core: turns the bursts of folds into transactions, sends them in order on each port as credits
 * allow, and spreads operands over parallel ports to one memory.
 */
export class MemoryStreams<Config> {
  private readonly ports: readonly Port[];
  private readonly queues: readonly Fifo<Transaction>[];
  /** Ports by memory block id, found at first use. */
  private readonly routes: (readonly Port[] | undefined)[] = [];

  constructor(private readonly context: BlockContext<Config, CoreStatistic>) {
    this.ports = context.ports('memory');
    this.queues = this.ports.map(() => new Fifo<Transaction>());
  }

  /** False for a core without any memory port: it never waits. */
  get isConnected(): boolean {
    return this.ports.length > 0;
  }

  /** Whether a memory can be reached at all. */
  reaches(memory: number): boolean {
    return this.routeTo(memory).length > 0;
  }

  /** Sends burst `index` of the list, now or as soon as its port has room. */
  send(list: BurstList, index: number, kind: TransactionKind, tag: number, operation: number): void {
    const memory = list.memory[index]!;
    const route = this.routeTo(memory);
    if (route.length === 0) throw new ModelError(`no memory port leads to '${this.context.blocks.pathOf(memory)}'`, this.context.path);
    const transaction = this.context.transactions.acquire();
    transaction.kind = kind;
    transaction.requester = this.context.blockId;
    transaction.target = memory;
    transaction.address = list.address[index]!;
    transaction.rowBytes = list.rowBytes[index]!;
    transaction.rows = list.rows[index]!;
    transaction.pitchBytes = list.pitchBytes[index]!;
    transaction.tag = tag;
    transaction.operation = operation;
    this.count(transaction);
    const port = route[list.stream[index]! % route.length]!;
    const place = this.ports.indexOf(port);
    this.queues[place]!.push(transaction);
    this.flush(place);
  }

  /** Call from `onRoom`. */
  onRoom(port: Port): void {
    this.flush(this.ports.indexOf(port));
  }

  state(s: StateExchange): void {
    for (const queue of this.queues) s.queue(queue, (transaction) => s.transaction(transaction));
  }

  private count(transaction: Transaction): void {
    const { statistics } = this.context;
    if (transaction.kind === TransactionKind.read) {
      statistics.readBursts++;
      statistics.bytesRead += transaction.bytes;
    } else {
      statistics.writeBursts++;
      statistics.bytesWritten += transaction.bytes;
    }
  }

  private flush(place: number): void {
    const port = this.ports[place]!;
    const queue = this.queues[place]!;
    while (queue.length > 0 && port.canSend(TrafficClass.request)) {
      const transaction = queue.shift()!;
      transaction.issuedTick = this.context.kernel.now;
      port.send(transaction);
    }
  }

  private routeTo(memory: number): readonly Port[] {
    const known = this.routes[memory];
    if (known !== undefined) return known;
    const prefix = `${this.context.blocks.pathOf(memory)}.`;
    const direct = this.ports.filter((port) => port.outgoing?.destinationPath.startsWith(prefix) === true);
    const onTheWay = this.context.portToward(memory);
    const route = direct.length > 0 ? direct : onTheWay === undefined ? [] : [onTheWay];
    this.routes[memory] = route;
    return route;
  }
}

import {
  Fifo,
  Phase,
  TrafficClass,
  TransactionKind,
  Wake,
  definePlugin,
  type Block,
  type BlockContext,
  type BlockPlugin,
  type EventHandler,
  type Port,
  type Transaction,
} from 'tessera-sim';

/** Who follows the packets of all nodes; by id of the transaction that carries one. */
export interface PacketFollower {
  /** It has come to the front of its queue. */
  started(transaction: Transaction): void;
  /** It has entered the network. */
  sent(transaction: Transaction): void;
  /** It has arrived whole; the transaction is released after this. */
  arrived(transaction: Transaction): void;
}

/** A node of a network under load: an unbounded queue that sends as the network takes, and a sink that takes at once. */
export class TrafficNode implements Block, EventHandler {
  follower: PacketFollower | undefined;
  private readonly queue = new Fifo<Transaction>();
  private readonly wake: Wake;
  private readonly port: Port;

  constructor(private readonly context: BlockContext<object, never>) {
    const { kernel, path } = context;
    this.port = context.port('network');
    this.wake = new Wake(kernel, kernel.register(path, this), 0, Phase.compute);
  }

  /** Puts a message of `bytes` payload into the queue at `tick`, now or later. */
  enqueue(target: number, bytes: number, tick: number): Transaction {
    const { transactions, blockId } = this.context;
    const message = transactions.acquire();
    message.kind = TransactionKind.write;
    message.requester = blockId;
    message.target = target;
    message.rowBytes = bytes;
    message.address = 0;
    message.issuedTick = tick;
    this.queue.push(message);
    this.wake.at(tick);
    return message;
  }

  /** Messages that have not been sent. */
  get waiting(): number {
    return this.queue.length;
  }

  onArrival(_: Port, trafficClass: TrafficClass): void {
    for (let message = this.port.take(trafficClass); message !== undefined; message = this.port.take(trafficClass)) {
      this.follower?.arrived(message);
      this.context.transactions.release(message);
    }
  }

  onRoom(): void {
    this.wake.now();
  }

  onEvent(): void {
    if (!this.wake.isDue()) return;
    for (let message = this.queue.peek(); message !== undefined; message = this.queue.peek()) {
      this.follower?.started(message);
      if (!this.port.canSend(TrafficClass.request)) return;
      this.queue.shift();
      this.follower?.sent(message);
      this.port.send(message);
    }
  }
}

export const trafficNode = definePlugin<object, never>({
  kind: 'memory',
  name: 'traffic-node',
  version: '1.0.0',
  summary: 'Source and sink of packets',
  configSchema: { type: 'object', properties: {} },
  ports: { network: { description: 'To the network under load', role: 'both', depth: 16 } },
  statistics: {},
  describe: () => ({ kind: 'memory', capacityBytes: 2 ** 30, peakBytesPerCycle: Infinity, latencyCycles: 0, isHome: false, preferredBurstBytes: Infinity }),
  create: (context) => new TrafficNode(context),
}) as unknown as BlockPlugin;

import {
  Phase,
  TrafficClass,
  TransactionKind,
  Wake,
  type Block,
  type BlockContext,
  type BlockPlugin,
  type Port,
  type RandomStream,
  type StateExchange,
  type Transaction,
} from '../../core/index.js';
import type { MachineSpec } from '../../core/machine/specification.js';

const REQUESTS = 25;

/** Sends plain requests, multicasts and reductions to others of its kind, answers theirs, and takes its time over both. */
class GroupBench implements Block {
  private readonly wake: Wake;
  private readonly random: RandomStream;
  private readonly port: Port;

  constructor(
    private readonly context: BlockContext<Readonly<Record<string, unknown>>, 'sent' | 'answered' | 'served'>,
    private readonly others: readonly string[],
  ) {
    this.random = context.random('bench');
    this.port = context.port('port');
    this.wake = new Wake(context.kernel, context.kernel.register(context.path, this), 0, Phase.compute);
  }

  start(): void {
    this.later();
  }

  onArrival(): void {
    this.later();
  }

  onRoom(): void {
    this.later();
  }

  onEvent(): void {
    if (!this.wake.isDue()) return;
    const progress = [this.takeResponse(), this.serveRequest(), this.sendRequest()];
    if (progress.includes(true)) this.later();
  }

  state(s: StateExchange): void {
    this.wake.state(s);
    s.random(this.random);
  }

  private later(): void {
    const { clock, kernel } = this.context;
    this.wake.at(clock.after(kernel.now, 1 + this.random.below(4)));
  }

  private takeResponse(): boolean {
    const response = this.port.take(TrafficClass.response);
    if (response === undefined) return false;
    this.context.statistics.answered++;
    this.context.transactions.release(response);
    return true;
  }

  private serveRequest(): boolean {
    if (this.port.peek(TrafficClass.request) === undefined || !this.port.canSend(TrafficClass.response)) return false;
    const request = this.port.take(TrafficClass.request)!;
    this.context.statistics.served++;
    request.isResponse = true;
    this.port.send(request);
    return true;
  }

  private sendRequest(): boolean {
    const { statistics } = this.context;
    if (statistics.sent >= REQUESTS || !this.port.canSend(TrafficClass.request)) return false;
    statistics.sent++;
    const isRead = this.random.below(2) === 0;
    const bytes = 8 * (1 + this.random.below(16));
    const mayGroup = isRead ? this.port.reducesBytes >= bytes : this.port.sendsGroups;
    const targets = this.targets(mayGroup ? 1 + this.random.below(this.others.length) : 1);
    const [leader, ...members] = targets.map((target) => this.request(target, isRead, bytes));
    if (members.length > 0) leader!.group = members;
    this.port.send(leader!);
    return true;
  }

  /** So many of the others, from a random one on. */
  private targets(count: number): string[] {
    const first = this.random.below(this.others.length);
    return Array.from({ length: count }, (_, i) => this.others[(first + i) % this.others.length]!);
  }

  private request(target: string, isRead: boolean, bytes: number): Transaction {
    const { transactions, blocks, blockId, kernel } = this.context;
    const request = transactions.acquire();
    request.kind = isRead ? TransactionKind.read : TransactionKind.write;
    request.requester = blockId;
    request.target = blocks.idOf(target);
    request.rowBytes = bytes;
    request.issuedTick = kernel.now;
    return request;
  }
}

/** A network with such a bench at each of its first nodes. */
export function groupMachine(network: BlockPlugin, config: Readonly<Record<string, unknown>>, nodes: number): MachineSpec {
  const paths = Array.from({ length: nodes }, (_, node) => `bench${node}`);
  const count = { unit: '1', description: 'count' };
  const bench = (path: string): BlockPlugin => ({
    kind: 'memory',
    name: `group-bench-${path}`,
    version: '1.0.0',
    summary: 'Neighbour of a network',
    configSchema: { type: 'object' },
    ports: { port: { description: 'to the network', role: 'both', depth: 2 } },
    statistics: { sent: count, answered: count, served: count },
    describe: () => ({ kind: 'other' }),
    create: (context) =>
      new GroupBench(
        context as never,
        paths.filter((other) => other !== path),
      ),
  });
  return {
    name: 'groups',
    clocks: { bench: 1_000_000_000, dut: 877_000_000 },
    blocks: [{ path: 'dut', plugin: network, config, clock: 'dut' }, ...paths.map((path) => ({ path, plugin: bench(path), clock: 'bench' }))],
    connections: paths.map((path, node) => ({ from: `${path}.port`, to: `dut.node${node}` })),
    seed: 5,
  };
}

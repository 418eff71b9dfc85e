import {
  definePlugin,
  Phase,
  TrafficClass,
  TransactionKind,
  Wake,
  type Block,
  type BlockContext,
  type BlockPlugin,
  type Port,
  type StateExchange,
  type Transaction,
} from '../index.js';

export interface BenchConfig {
  /** Paths of memories that this block sends requests to, in turn. */
  readonly targets: readonly string[];
  /** Requests that it sends in all. */
  readonly requests: number;
  /** Addresses stay below this. */
  readonly span: number;
  /** Largest pause before a message is taken or sent, in cycles: a slow neighbour fills the ports of the block under test. */
  readonly pause: number;
}

type BenchStatistic = 'sent' | 'answered' | 'served' | 'bytesAsked' | 'bytesServed' | 'wrong' | 'alteredRequesters' | 'alteredTags';

/**
 * What the contract test puts at every port of a block: it sends random requests, answers requests as a memory would, and
 * takes its time over both.
 */
class BenchBlock implements Block {
  private readonly handler: number;
  private readonly wake: Wake;
  private readonly pauses;
  /** Of its own, so that the requests are the same however the block under test times its answers. */
  private readonly requests;
  private readonly port: Port;
  private readonly open = new Set<Transaction>();

  constructor(private readonly context: BlockContext<BenchConfig, BenchStatistic>) {
    this.handler = context.kernel.register(context.path, this);
    this.wake = new Wake(context.kernel, this.handler, 0, Phase.compute);
    this.pauses = context.random('pauses');
    this.requests = context.random('requests');
    this.port = context.port('port');
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
    s.random(this.pauses);
    s.random(this.requests);
    s.set(this.open, (transaction) => s.transaction(transaction));
  }

  private later(): void {
    const { clock, kernel, config } = this.context;
    this.wake.at(clock.after(kernel.now, 1 + this.pauses.below(config.pause + 1)));
  }

  private takeResponse(): boolean {
    const response = this.port.take(TrafficClass.response);
    if (response === undefined) return false;
    const { statistics, transactions } = this.context;
    if (!this.open.delete(response)) statistics.wrong++;
    if (response.requester !== this.context.blockId) statistics.alteredRequesters++;
    if (response.tag !== tagOf(response)) statistics.alteredTags++;
    statistics.answered++;
    transactions.release(response);
    return true;
  }

  private serveRequest(): boolean {
    const request = this.port.peek(TrafficClass.request);
    if (request === undefined || !this.port.canSend(TrafficClass.response)) return false;
    const { statistics, blockId } = this.context;
    this.port.take(TrafficClass.request);
    if (request.target !== blockId || request.isResponse) statistics.wrong++;
    statistics.served++;
    statistics.bytesServed += request.bytes;
    request.isResponse = true;
    this.port.send(request);
    return true;
  }

  private sendRequest(): boolean {
    const { config, statistics, transactions, blocks, blockId, kernel } = this.context;
    if (config.targets.length === 0 || statistics.sent >= config.requests) return false;
    if (!this.port.canSend(TrafficClass.request)) return false;
    const target = config.targets[statistics.sent % config.targets.length] as string;
    const request = transactions.acquire();
    request.kind = this.requests.below(2) === 0 ? TransactionKind.read : TransactionKind.write;
    request.requester = blockId;
    request.tag = tagOf(request);
    request.target = blocks.idOf(target);
    request.rowBytes = 8 * (1 + this.requests.below(8));
    request.rows = 1 + this.requests.below(3);
    request.pitchBytes = 128;
    request.address = 8 * this.requests.below((config.span - 512) / 8);
    request.issuedTick = kernel.now;
    this.open.add(request);
    statistics.sent++;
    statistics.bytesAsked += request.bytes;
    this.port.send(request);
    return true;
  }
}

/** No two requests under way have one tag, and no tag is a small number that a block could hit upon. */
function tagOf({ id }: Transaction): number {
  return 7919 * (id + 1);
}

const count = { unit: '1', description: 'count' };

export const benchPlugin = definePlugin<BenchConfig, BenchStatistic>({
  kind: 'memory',
  name: 'contract-bench',
  version: '1.0.0',
  summary: 'Neighbour of a block under test',
  configSchema: {
    type: 'object',
    properties: {
      targets: { type: 'array', items: { type: 'string' }, default: [] },
      requests: { type: 'integer', default: 0 },
      span: { type: 'integer', default: 16384 },
      pause: { type: 'integer', default: 3 },
    },
  },
  ports: { port: { description: 'to the block under test', role: 'both', depth: 2 } },
  statistics: {
    sent: count,
    answered: count,
    served: count,
    bytesAsked: count,
    bytesServed: count,
    wrong: count,
    alteredRequesters: count,
    alteredTags: count,
  },
  describe: () => ({ kind: 'memory', capacityBytes: 2 ** 30, peakBytesPerCycle: 64, latencyCycles: 1, isHome: false, preferredBurstBytes: Infinity }),
  create: (context) => new BenchBlock(context),
}) as unknown as BlockPlugin;

import {
  Phase,
  TrafficClass,
  TransactionKind,
  type Block,
  type BlockContext,
  type BlockPlugin,
  type EventHandler,
  type Port,
  type StateExchange,
  type Transaction,
} from '../../../../core/index.js';

/** Every port has a pipe of its own: requests one after another at `bytesPerCycle`, each answered `latencyCycles` later. */
export interface StreamMemoryShape {
  readonly bytesPerCycle: number;
  readonly latencyCycles: number;
}

/** Request link, memory latency, response link: what the first byte of a read costs beyond its transfer. */
export function accessLatency(shape: StreamMemoryShape): number {
  return shape.latencyCycles + 2;
}

type Statistic = 'bytesRead' | 'bytesWritten' | 'highestByte';

/** A memory whose times are known by heart, as the other end of a core under test. */
export function streamMemory(shape: StreamMemoryShape): BlockPlugin {
  const unit = { unit: 'bytes', description: 'test' };
  return {
    kind: 'memory',
    name: 'stream-memory',
    version: '1.0.0',
    summary: 'Memory of a test bench',
    configSchema: { type: 'object' },
    ports: { port: { description: 'Requests', role: 'target', many: true, depth: 64 } },
    statistics: { bytesRead: unit, bytesWritten: unit, highestByte: unit },
    describe: () => ({ kind: 'other' }),
    create: (context) => new StreamMemory(context as BlockContext<Readonly<Record<string, unknown>>, Statistic>, shape),
  };
}

class StreamMemory implements Block, EventHandler {
  private readonly handler: number;
  private readonly ports: readonly Port[];
  private readonly freeCycle: number[] = [];
  private readonly waiting: Transaction[][] = [];

  constructor(
    private readonly context: BlockContext<Readonly<Record<string, unknown>>, Statistic>,
    private readonly shape: StreamMemoryShape,
  ) {
    this.handler = context.kernel.register(context.path, this);
    this.ports = context.ports('port');
    this.ports.forEach(() => {
      this.freeCycle.push(0);
      this.waiting.push([]);
    });
  }

  onArrival(port: Port): void {
    const place = this.ports.indexOf(port);
    for (let request = port.take(TrafficClass.request); request !== undefined; request = port.take(TrafficClass.request)) {
      const { clock, kernel, statistics } = this.context;
      const cycles = Math.ceil(request.bytes / this.shape.bytesPerCycle);
      const begin = Math.max(clock.cycleAtOrAfter(kernel.now), this.freeCycle[place] ?? 0);
      this.freeCycle[place] = begin + cycles;
      if (request.kind === TransactionKind.read) statistics.bytesRead += request.bytes;
      else statistics.bytesWritten += request.bytes;
      const last = request.address + (request.rows - 1) * request.pitchBytes + request.rowBytes;
      statistics.highestByte = Math.max(statistics.highestByte, last);
      request.scratch = place;
      kernel.schedule(this.handler, clock.tickOf(begin + cycles + this.shape.latencyCycles), Phase.compute, 0, request.id);
    }
  }

  onEvent(_: number, id: number): void {
    const response = this.context.transactions.at(id);
    response.isResponse = true;
    this.waiting[response.scratch]!.push(response);
    this.flush(response.scratch);
  }

  onRoom(port: Port): void {
    this.flush(this.ports.indexOf(port));
  }

  state(s: StateExchange): void {
    s.cycles(this.freeCycle, this.context.clock);
    for (const waiting of this.waiting) s.list(waiting, (response) => s.transaction(response));
  }

  private flush(place: number): void {
    const port = this.ports[place]!;
    const queue = this.waiting[place]!;
    while (queue.length > 0 && port.canSend(TrafficClass.response)) port.send(queue.shift()!);
  }
}

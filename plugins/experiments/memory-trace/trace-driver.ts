import {
  Histogram,
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
} from 'tessera-sim';
import type { LineTrace } from 'tessera-sim/dram';

export interface DriverSettings {
  readonly trace: LineTrace;
  readonly target: number;
  readonly lineBytes: number;
  /** Lines of the memory: addresses go round. */
  readonly lines: number;
  readonly perCycle: number;
  readonly burst: number;
  readonly gapCycles: number;
  readonly dueCycles?: Float64Array | undefined;
}

/** Offers a trace in order to a memory's port, as fast as it takes it, and takes the answers at once. */
export class TraceDriver implements Block, EventHandler {
  readonly readLatency = new Histogram();
  sent = 0;
  answered = 0;
  reads = 0;
  lastAnswerTick = 0;
  private settings: DriverSettings | undefined;
  private sentInCycle = 0;
  private cycle = -1;
  private readonly wake: Wake;
  private readonly port: Port;

  constructor(private readonly context: BlockContext<object, never>) {
    const { kernel, path } = context;
    this.port = context.port('memory');
    this.wake = new Wake(kernel, kernel.register(path, this), 0, Phase.compute);
  }

  begin(settings: DriverSettings): void {
    this.settings = settings;
    this.wake.now();
  }

  onArrival(_: Port, trafficClass: TrafficClass): void {
    const { kernel, clock, transactions } = this.context;
    for (let answer = this.port.take(trafficClass); answer !== undefined; answer = this.port.take(trafficClass)) {
      this.answered++;
      this.lastAnswerTick = kernel.now;
      if (answer.kind === TransactionKind.read) this.readLatency.add(clock.cyclesIn(kernel.now - answer.issuedTick));
      transactions.release(answer);
    }
  }

  onRoom(): void {
    this.wake.now();
  }

  onEvent(): void {
    if (!this.wake.isDue() || this.settings === undefined) return;
    const { kernel, clock } = this.context;
    const { trace, perCycle } = this.settings;
    const cycle = clock.cycleAtOrAfter(kernel.now);
    if (cycle !== this.cycle) this.sentInCycle = 0;
    this.cycle = cycle;
    while (this.sent < trace.length) {
      const due = this.dueCycle(this.sent);
      if (due > cycle || this.sentInCycle === perCycle) {
        this.wake.at(clock.tickOf(Math.max(due, cycle + (this.sentInCycle === perCycle ? 1 : 0))));
        return;
      }
      if (!this.port.canSend(TrafficClass.request)) return;
      this.send();
    }
  }

  private dueCycle(access: number): number {
    const { dueCycles, gapCycles, burst } = this.settings!;
    if (dueCycles !== undefined) return dueCycles[access]!;
    return gapCycles > 0 ? Math.floor(access / burst) * gapCycles : 0;
  }

  private send(): void {
    const { transactions, blockId, kernel } = this.context;
    const { trace, target, lineBytes, lines } = this.settings!;
    trace.select(this.sent++);
    this.sentInCycle++;
    const request = transactions.acquire();
    request.kind = trace.isWrite ? TransactionKind.write : TransactionKind.read;
    if (!trace.isWrite) this.reads++;
    request.requester = blockId;
    request.target = target;
    request.rowBytes = lineBytes;
    request.address = (trace.line % lines) * lineBytes;
    request.issuedTick = kernel.now;
    this.port.send(request);
  }
}

const alone = { kind: 'memory', capacityBytes: 2 ** 50, peakBytesPerCycle: Infinity, latencyCycles: 0, isHome: false, preferredBurstBytes: Infinity } as const;

export const traceDriver = definePlugin<object, never>({
  kind: 'dma',
  name: 'trace-driver',
  version: '1.0.0',
  summary: 'Requester of a memory under a trace',
  configSchema: { type: 'object', properties: {} },
  ports: { memory: { description: 'To the memory', role: 'initiator', depth: 16 } },
  statistics: {},
  describe: () => ({ kind: 'other' }),
  create: (context) => new TraceDriver(context),
}) as unknown as BlockPlugin;

/** What lies behind a cache: answers in the cycle in which it is asked. */
class BackingMemory implements Block {
  constructor(private readonly port: Port) {}

  onArrival(): void {
    this.answer();
  }

  onRoom(): void {
    this.answer();
  }

  private answer(): void {
    while (this.port.peek(TrafficClass.request) !== undefined && this.port.canSend(TrafficClass.response)) {
      const request = this.port.take(TrafficClass.request)!;
      request.isResponse = true;
      this.port.send(request);
    }
  }
}

export const backingMemory = definePlugin<object, never>({
  kind: 'memory',
  name: 'backing-memory',
  version: '1.0.0',
  summary: 'Memory behind a memory that forwards',
  configSchema: { type: 'object', properties: {} },
  ports: { port: { description: 'Requests', role: 'target', depth: 16 } },
  statistics: {},
  describe: () => alone,
  create: (context) => new BackingMemory(context.port('port')),
}) as unknown as BlockPlugin;

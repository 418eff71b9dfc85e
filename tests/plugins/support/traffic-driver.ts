import {
  Phase,
  TrafficClass,
  TransactionKind,
  Wake,
  type Block,
  type BlockContext,
  type BlockPlugin,
  type EventHandler,
  type Transaction,
} from '../../../core/index.js';

/** One request of a scripted requester. Sent in order, not before its cycle. */
export interface ScriptedRequest {
  readonly atCycle: number;
  /** Path of the memory. */
  readonly target: string;
  /** Further memories of a reduction or multicast. */
  readonly also?: readonly string[];
  readonly kind?: 'read' | 'write';
  readonly address?: number;
  readonly rowBytes: number;
  readonly rows?: number;
  readonly pitchBytes?: number;
  readonly priority?: number;
}

export interface ScriptedOutcome {
  sentTick: number;
  doneTick: number;
}

export interface DriverOptions {
  /** Responses are left waiting until this cycle. */
  readonly takeResponsesFromCycle?: number;
}

/** A requester that plays a script and notes when each response came; `outcomes` by position in the script. */
export interface ScriptedDriver {
  readonly plugin: BlockPlugin;
  readonly outcomes: ScriptedOutcome[];
}

export function scriptedDriver(script: readonly ScriptedRequest[], options: DriverOptions = {}): ScriptedDriver {
  const outcomes: ScriptedOutcome[] = script.map(() => ({ sentTick: NaN, doneTick: NaN }));
  const plugin: BlockPlugin = {
    kind: 'core',
    name: 'scripted-driver',
    version: '1.0.0',
    summary: 'Plays a script of requests',
    configSchema: { type: 'object' },
    ports: { memory: { description: 'Requests', role: 'initiator', many: true } },
    statistics: {},
    describe: () => ({ kind: 'other' }),
    create: (context) => new DriverBlock(context, script, options, outcomes),
  };
  return { plugin, outcomes };
}

class DriverBlock implements Block, EventHandler {
  private next = 0;
  private readonly wake: Wake;

  constructor(
    private readonly context: BlockContext,
    private readonly script: readonly ScriptedRequest[],
    private readonly options: DriverOptions,
    private readonly outcomes: ScriptedOutcome[],
  ) {
    this.wake = new Wake(context.kernel, context.kernel.register(context.path, this), 0, Phase.compute);
  }

  start(): void {
    this.wakeAtCycle(this.script[0]?.atCycle ?? 0);
    this.wakeAtCycle(this.options.takeResponsesFromCycle ?? 0);
  }

  onArrival(): void {
    this.wake.at(this.context.clock.edgeAtOrAfter(this.context.kernel.now));
  }

  onRoom(): void {
    this.onArrival();
  }

  onEvent(): void {
    if (!this.wake.isDue()) return;
    this.takeResponses();
    this.sendRequests();
    if (this.holdsResponses()) this.wakeAtCycle(this.options.takeResponsesFromCycle ?? 0);
  }

  /** Responses that came before the cycle from which they are taken. */
  private holdsResponses(): boolean {
    const { clock, kernel } = this.context;
    return clock.cycleAt(kernel.now) < (this.options.takeResponsesFromCycle ?? 0);
  }

  private takeResponses(): void {
    const { context } = this;
    if (context.clock.cycleAt(context.kernel.now) < (this.options.takeResponsesFromCycle ?? 0)) return;
    for (const port of context.ports('memory')) {
      for (let response = port.take(TrafficClass.response); response !== undefined; response = port.take(TrafficClass.response)) {
        const outcome = this.outcomes[response.tag];
        if (outcome === undefined || !Number.isNaN(outcome.doneTick)) throw new Error(`response ${response.tag} came twice or was never asked for`);
        outcome.doneTick = context.kernel.now;
        context.transactions.release(response);
      }
    }
  }

  private sendRequests(): void {
    const { context } = this;
    for (let request = this.script[this.next]; request !== undefined; request = this.script[this.next]) {
      if (context.clock.cycleAt(context.kernel.now) < request.atCycle) return this.wakeAtCycle(request.atCycle);
      const target = context.blocks.idOf(request.target);
      const port = context.portToward(target);
      if (port === undefined) throw new Error(`no way to ${request.target}`);
      if (!port.canSend(TrafficClass.request)) return;
      const transaction = this.makeTransaction(request, request.target);
      if (request.also !== undefined) transaction.group = request.also.map((memory) => this.makeTransaction(request, memory));
      port.send(transaction);
      this.outcomes[this.next]!.sentTick = context.kernel.now;
      this.next++;
    }
  }

  private makeTransaction(request: ScriptedRequest, memory: string): Transaction {
    const { context } = this;
    const transaction = context.transactions.acquire();
    transaction.kind = request.kind === 'write' ? TransactionKind.write : TransactionKind.read;
    transaction.requester = context.blockId;
    transaction.target = context.blocks.idOf(memory);
    transaction.address = request.address ?? 0;
    transaction.rowBytes = request.rowBytes;
    transaction.rows = request.rows ?? 1;
    transaction.pitchBytes = request.pitchBytes ?? request.rowBytes;
    transaction.priority = request.priority ?? 0;
    transaction.tag = this.next;
    transaction.issuedTick = context.kernel.now;
    return transaction;
  }

  private wakeAtCycle(cycle: number): void {
    this.wake.at(this.context.clock.tickOf(cycle));
  }
}

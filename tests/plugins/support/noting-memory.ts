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
import { echoMemory } from './echo-memory.js';

/** What a memory has got. */
export interface Noted {
  /** How often each byte was written. */
  readonly bytes: number[];
  /** When each request was taken. */
  readonly ticks: number[];
}

export interface NotingOptions {
  /** Cycles between two requests that it takes; 0: as many as come. */
  readonly everyCycles?: number;
  /** Keeps requests without an answer. */
  readonly isSilent?: boolean;
}

/** A memory that notes what it gets, by memory path. */
export function notingMemory(noted: Map<string, Noted>, options: NotingOptions = {}): BlockPlugin {
  return { ...echoMemory, name: 'noting-memory', create: (context) => new NotingBlock(context, noted, options) };
}

class NotingBlock implements Block, EventHandler {
  private readonly noted: Noted = { bytes: [], ticks: [] };
  private readonly wake: Wake;
  private freeCycle = 0;

  constructor(
    private readonly context: BlockContext,
    noted: Map<string, Noted>,
    private readonly options: NotingOptions,
  ) {
    noted.set(context.path, this.noted);
    this.wake = new Wake(context.kernel, context.kernel.register(context.path, this), 0, Phase.compute);
  }

  onArrival(): void {
    const { kernel, clock } = this.context;
    this.wake.at(Math.max(clock.edgeAtOrAfter(kernel.now), clock.tickOf(this.freeCycle)));
  }

  onRoom(): void {
    this.onArrival();
  }

  onEvent(): void {
    if (!this.wake.isDue()) return;
    const { kernel, clock } = this.context;
    for (const port of this.context.ports('port')) {
      while (port.waiting(TrafficClass.request) > 0 && (this.options.isSilent === true || port.canSend(TrafficClass.response))) {
        if (this.freeCycle > clock.cycleAt(kernel.now)) return this.wake.at(clock.tickOf(this.freeCycle));
        this.freeCycle = clock.cycleAt(kernel.now) + (this.options.everyCycles ?? 0);
        const message = port.take(TrafficClass.request)!;
        this.note(message);
        if (this.options.isSilent === true) continue;
        message.isResponse = true;
        port.send(message);
      }
    }
  }

  private note(message: Transaction): void {
    this.noted.ticks.push(this.context.kernel.now);
    if (message.kind !== TransactionKind.write) return;
    for (let i = message.address; i < message.address + message.bytes; i++) this.noted.bytes[i] = (this.noted.bytes[i] ?? 0) + 1;
  }
}

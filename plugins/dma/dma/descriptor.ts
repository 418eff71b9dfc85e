import type { ClockDomain, RunningOperation, SpanProbe, StateExchange } from 'tessera-sim';
import { BurstCutter, exchangePlace, type BurstPlace } from './burst-cutter.js';

/** A transfer that the engine has taken. Objects are kept and used again. */
export class Descriptor {
  operation: RunningOperation | undefined;
  readonly cutter = new BurstCutter();
  /** Cycle from which bursts may be read. */
  readyCycle = 0;
  /** Largest burst. */
  burstBytes = 0;
  isReduction = false;
  startTick = 0;
  burstsInFlight = 0;

  constructor(
    readonly index: number,
    readonly span: SpanProbe,
  ) {}

  state(s: StateExchange, clock: ClockDomain): void {
    this.operation = s.operation(this.operation);
    this.readyCycle = s.cycle(this.readyCycle, clock);
    this.burstBytes = s.number(this.burstBytes);
    this.isReduction = s.flag(this.isReduction);
    this.startTick = s.tick(this.startTick);
    this.burstsInFlight = s.number(this.burstsInFlight);
    if (this.operation !== undefined) this.cutter.state(s, this.operation, this.isReduction);
  }
}

/** A burst between its read and its last write, in a buffer of the engine. */
export class BurstSlot {
  descriptor: Descriptor | undefined;
  bytes = 0;
  /** Responses to reads that are still to come, before it can be written. */
  answersLeft = 0;
  readonly destinations: BurstPlace[] = [];
  destinationCount = 0;
  writesSent = 0;
  writesAcknowledged = 0;
  /** Cycle in which its data had come; for milestones. */
  dataCycle = 0;

  constructor(readonly index: number) {}

  /** @param descriptors of the engine, already exchanged */
  state(s: StateExchange, clock: ClockDomain, descriptors: readonly Descriptor[]): void {
    const descriptor = s.number(this.descriptor?.index ?? -1);
    if (s.loading) this.descriptor = descriptors[descriptor];
    this.bytes = s.number(this.bytes);
    this.answersLeft = s.number(this.answersLeft);
    s.list(this.destinations, (place) => exchangePlace(s, place));
    this.destinationCount = s.number(this.destinationCount);
    this.writesSent = s.number(this.writesSent);
    this.writesAcknowledged = s.number(this.writesAcknowledged);
    this.dataCycle = s.cycle(this.dataCycle, clock);
  }
}

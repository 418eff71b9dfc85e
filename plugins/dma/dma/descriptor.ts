import type { RunningOperation, SpanProbe } from 'tessera-sim';
import { BurstCutter, type BurstPlace } from './burst-cutter.js';

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

  constructor(readonly span: SpanProbe) {}
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

  constructor(readonly index: number) {}
}

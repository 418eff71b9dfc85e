import { EventEmitter } from 'eventemitter3';
import type { RunResult } from '../result/run-result.js';

/** Where a run stands; sent a few times a second, never per event of the simulation. */
export interface ProgressReport {
  readonly simulatedSeconds: number;
  readonly events: number;
  /** Events a wall-clock second since the last report. */
  readonly eventsPerSecond: number;
  readonly operationsDone: number;
  /** Absent when the schedule does not know its own length. */
  readonly operationsTotal?: number;
  readonly wallSeconds: number;
  /** Estimated from the operations done; absent until that can be said. */
  readonly secondsLeft?: number;
}

export interface RunEvents {
  start: (scenario: string) => void;
  progress: (report: ProgressReport) => void;
  /** A layer has finished. */
  layer: (layer: string, endCycle: number) => void;
  end: (result: RunResult) => void;
}

/**
 * The bus on which a run reports how far it is. Listeners can come and go; a run without listeners pays one comparison a
 * slice. The simulation's own events never travel on it.
 */
export class RunProgress extends EventEmitter<RunEvents> {}

/** Time left from the share done; undefined while less than a thousandth is done, when it would be a guess. */
export function secondsLeft(wallSeconds: number, done: number, total: number | undefined): number | undefined {
  if (total === undefined || total <= 0 || done / total < 0.001) return undefined;
  return Math.max(0, (wallSeconds * (total - done)) / done);
}

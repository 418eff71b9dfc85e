import { EventEmitter } from 'eventemitter3';
import type { ProgressReport } from '../plugin/suite-plugins.js';
import type { RunResult } from '../result/run-result.js';

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

import type { ProgressReport } from '../core/plugin/suite-plugins.js';
import type { RunProgress } from '../core/run/progress.js';
import { formatSeconds, formatSi } from '../core/text/format.js';
import { visibleLine } from '../core/text/visible.js';
import { writeOver } from './output-guard.js';

/** One line on standard error that is written over and over; nothing at all when that is no terminal. */
export class ProgressLine {
  private readonly isShown: boolean;
  private width = 0;
  private isPaused = false;

  constructor(
    wanted: boolean,
    private readonly stream: NodeJS.WriteStream = process.stderr,
  ) {
    this.isShown = wanted && stream.isTTY === true;
  }

  /** Listens to a run. `prefix` says which one, e.g. `[3/12] resnet18`. */
  follow(progress: RunProgress, prefix: string): void {
    if (!this.isShown) return;
    progress.on('progress', (report) => this.show(report, prefix));
    progress.on('end', () => this.clear());
  }

  show(report: ProgressReport, prefix: string): void {
    if (this.isShown && !this.isPaused) this.write(`${prefix}: ${progressText(report)}`);
  }

  /** Leaves the terminal to a question. */
  pause(): void {
    this.clear();
    this.isPaused = true;
  }

  goOn(): void {
    this.isPaused = false;
  }

  clear(): void {
    if (this.isShown && this.width > 0) {
      writeOver(this.stream, ' '.repeat(this.width));
      writeOver(this.stream, '');
    }
    this.width = 0;
  }

  private write(text: string): void {
    const fitted = visibleLine(text).slice(0, Math.max(20, (this.stream.columns ?? 100) - 1));
    writeOver(this.stream, fitted.padEnd(this.width));
    this.width = fitted.length;
  }
}

/** `1.234 ms simulated, 8.100 M events/s, 1200 of 4800 operations, 3 s left`. */
export function progressText(report: ProgressReport): string {
  const parts = [`${formatSeconds(report.simulatedSeconds)} simulated`, `${formatSi(report.eventsPerSecond)} events/s`];
  const total = report.operationsTotal === undefined ? '' : ` of ${report.operationsTotal}`;
  parts.push(`${report.operationsDone}${total} operations`);
  if (report.secondsLeft !== undefined) parts.push(`${durationText(report.secondsLeft)} left`);
  return parts.join(', ');
}

function durationText(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.ceil(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.ceil((seconds % 3600) / 60)} min`;
}

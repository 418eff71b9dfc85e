import type { ProgressReport, RunProgress } from '../core/run/progress.js';

/** One line on standard error that is written over and over; nothing at all when that is no terminal. */
export class ProgressLine {
  private readonly isShown: boolean;
  private prefix = '';
  private width = 0;

  constructor(wanted: boolean, private readonly stream: NodeJS.WriteStream = process.stderr) {
    this.isShown = wanted && stream.isTTY === true;
  }

  /** Listens to a run. `prefix` says which one, e.g. `[3/12] resnet18`. */
  follow(progress: RunProgress, prefix: string): void {
    if (!this.isShown) return;
    this.prefix = prefix;
    progress.on('progress', (report) => this.write(`${this.prefix}: ${progressText(report)}`));
    progress.on('end', () => this.clear());
  }

  clear(): void {
    if (this.isShown && this.width > 0) this.stream.write(`\r${' '.repeat(this.width)}\r`);
    this.width = 0;
  }

  private write(text: string): void {
    const fitted = text.slice(0, Math.max(20, (this.stream.columns ?? 100) - 1));
    this.stream.write(`\r${fitted.padEnd(this.width)}`);
    this.width = fitted.length;
  }
}

/** `1.234 ms simulated, 8.1 M events/s, 1200 of 4800 operations, 3 s left`. */
export function progressText(report: ProgressReport): string {
  const parts = [`${withPrefix(report.simulatedSeconds, 's')} simulated`, `${withPrefix(report.eventsPerSecond, '')} events/s`];
  const total = report.operationsTotal === undefined ? '' : ` of ${report.operationsTotal}`;
  parts.push(`${report.operationsDone}${total} operations`);
  if (report.secondsLeft !== undefined) parts.push(`${durationText(report.secondsLeft)} left`);
  return parts.join(', ');
}

/** 0.0012 s -> `1.2 ms`. */
export function withPrefix(value: number, unit: string): string {
  if (value === 0 || !Number.isFinite(value)) return `${value} ${unit}`.trim();
  const scales: readonly (readonly [number, string])[] = [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k'], [1, ''], [1e-3, 'm'], [1e-6, 'u'], [1e-9, 'n'], [1e-12, 'p']];
  const [scale, prefix] = scales.find(([limit]) => Math.abs(value) >= limit) ?? [1e-12, 'p'];
  return `${(value / scale).toPrecision(4).replace(/\.?0+$/, '')} ${prefix}${unit}`.trim();
}

function durationText(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.ceil(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.ceil((seconds % 3600) / 60)} min`;
}

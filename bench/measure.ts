/** CPU seconds (user and system) that a function takes; the clock of a shared machine says little. */
export function cpuSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1e6;
}

/** Runs each contender `rounds` times in turn and keeps its best: the round least disturbed by others. */
export function bestOf(rounds: number, contenders: Readonly<Record<string, () => number>>): Record<string, number> {
  const best: Record<string, number> = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(contenders)) best[name] = Math.min(best[name] ?? Infinity, run());
  }
  return best;
}

/** One benchmark: named measurements with units, and ratios against named peers with the bar that each must reach. */
export interface BenchReport {
  readonly name: string;
  readonly measurements: Readonly<Record<string, number>>;
  readonly ratios: readonly { readonly name: string; readonly value: number; readonly bar: number }[];
  readonly notes: readonly string[];
}

export interface Bench {
  readonly name: string;
  readonly summary: string;
  run(args: readonly string[]): BenchReport | Promise<BenchReport>;
}

/** The report as text: measurements, then each ratio beside its bar. */
export function formatReport(report: BenchReport): string {
  const lines = [report.name];
  for (const [name, value] of Object.entries(report.measurements)) lines.push(`  ${name.padEnd(64)} ${value.toPrecision(4).padStart(12)}`);
  for (const ratio of report.ratios) {
    const verdict = ratio.value >= ratio.bar ? 'reached' : 'MISSED';
    lines.push(`  ${ratio.name.padEnd(64)} ${ratio.value.toFixed(2).padStart(12)}  (bar ${ratio.bar}: ${verdict})`);
  }
  return [...lines, ...report.notes.map((note) => `  ${note}`)].join('\n');
}

import type { ExperimentResult } from '../result/run-result.js';

/** Packets whose latency is from `from` up to, not including, `until` cycles. */
export interface LatencyBin {
  readonly from: number;
  readonly until: number;
  readonly packets: number;
}

/** The latency histogram of a run of `kind: traffic`; empty bins are not in the table, so its width is the smallest step. */
export function latencyBins({ tables }: ExperimentResult): LatencyBin[] {
  const rows = (tables?.['latencyHistogram'] ?? []).flatMap(({ latencyCycles, packets }) =>
    typeof latencyCycles === 'number' && typeof packets === 'number' ? [{ from: latencyCycles, packets }] : [],
  );
  const steps = rows.slice(1).map(({ from }, i) => from - rows[i]!.from);
  const width = Math.max(
    1,
    steps.reduce((least, step) => Math.min(least, step), Math.max(1, rows[0]?.from ?? 1)),
  );
  return rows.map(({ from, packets }) => ({ from, until: from + width, packets }));
}

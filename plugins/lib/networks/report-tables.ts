import type { Histogram } from 'tessera-sim';
import type { Reductions } from './reductions.js';

export function latencyTable(latency: Histogram): Readonly<Record<string, number>> {
  const percentile = (fraction: number): number => latency.percentile(fraction);
  return {
    messages: latency.count,
    mean: latency.mean,
    p50: percentile(0.5),
    p95: percentile(0.95),
    p99: percentile(0.99),
    max: latency.count === 0 ? 0 : latency.max,
  };
}

/** Nothing where there were no reductions. */
export function reductionTable({
  started,
  held,
  packetsCombined,
}: Pick<Reductions, 'started' | 'held' | 'packetsCombined'>): Readonly<Record<string, unknown>> {
  return started === 0 ? {} : { reductions: { started, held, packetsCombined } };
}

import type { ExperimentResult } from '../result/run-result.js';

/** One load of a load-latency curve: loads in flits per node and cycle, latencies in cycles. */
export interface LoadPoint {
  readonly load: number;
  /** False beyond saturation: the network accepted less than it was offered, or latency exceeded its limit. */
  readonly stable: boolean;
  /** Which of the two, where the result says it. */
  readonly saturatedBy?: 'accepted' | 'latency';
  readonly acceptedRate: number;
  readonly packets: number;
  readonly packetLatency: number;
  readonly networkLatency: number;
  readonly latencyP50: number;
  readonly latencyP95: number;
  readonly latencyP99: number;
  readonly latencyMax: number;
  readonly hops: number;
}

const NUMBERS = ['load', 'acceptedRate', 'packets', 'packetLatency', 'networkLatency', 'latencyP50', 'latencyP95', 'latencyP99', 'latencyMax', 'hops'] as const;

/** The load-latency curve of a run of `kind: traffic`, by ascending load; empty when the result has none. */
export function loadCurve({ tables }: ExperimentResult): LoadPoint[] {
  const points = (tables?.['curve'] ?? []).flatMap((row): LoadPoint[] => {
    const values = NUMBERS.map((name) => [name, row[name]] as const);
    if (values.some(([, value]) => typeof value !== 'number')) return [];
    return [{ ...(Object.fromEntries(values) as Record<(typeof NUMBERS)[number], number>), stable: row['stable'] === true, ...saturatedBy(row) }];
  });
  return points.sort((a, b) => a.load - b.load);
}

function saturatedBy({ saturatedBy: reason }: Readonly<Record<string, unknown>>): Pick<LoadPoint, 'saturatedBy'> {
  return reason === 'accepted' || reason === 'latency' ? { saturatedBy: reason } : {};
}

/** Between which loads a network saturates, in flits per node and cycle. */
export interface Saturation {
  /** Highest load that was stable. */
  readonly stableLoad: number;
  /** Lowest load that was not; undefined when all were stable. */
  readonly unstableLoad: number | undefined;
}

/**
 * Where the network saturates: what the bisection found, else between the first load of the curve that is not stable and the one below it.
 * Undefined for a curve that does not say.
 */
export function saturationOf(result: ExperimentResult): Saturation | undefined {
  const points = loadCurve(result);
  const found = result.metrics?.['saturationLoad'];
  if (typeof found === 'number') return { stableLoad: found, unstableLoad: points.find(({ load, stable }) => !stable && load > found)?.load };
  const first = points.findIndex(({ stable }) => !stable);
  return first < 1 ? undefined : { stableLoad: points[first - 1]!.load, unstableLoad: points[first]!.load };
}

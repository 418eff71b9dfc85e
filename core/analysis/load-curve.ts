import type { ExperimentResult } from '../result/run-result.js';

/** One load of a load-latency curve: loads in flits per node and cycle, latencies in cycles. */
export interface LoadPoint {
  readonly load: number;
  /** False when latency was still growing as the measurement ended. */
  readonly stable: boolean;
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
    return [{ ...(Object.fromEntries(values) as Record<(typeof NUMBERS)[number], number>), stable: row['stable'] === true }];
  });
  return points.sort((a, b) => a.load - b.load);
}

/** Between which loads a network saturates, in flits per node and cycle. */
export interface Saturation {
  /** Highest load that was stable. */
  readonly stableLoad: number;
  /** Lowest load that was not; undefined when all were stable. */
  readonly unstableLoad: number | undefined;
}

/** What the bisection found; undefined when the scenario did not ask for it. */
export function saturationOf(result: ExperimentResult): Saturation | undefined {
  const stableLoad = result.metrics?.['saturationLoad'];
  if (typeof stableLoad !== 'number') return undefined;
  return { stableLoad, unstableLoad: loadCurve(result).find(({ load, stable }) => !stable && load > stableLoad)?.load };
}

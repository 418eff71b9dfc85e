import type { ExperimentControl } from 'tessera-sim';
import { saturatedBy, type LoadResult, type Saturated } from 'tessera-sim/traffic';
import type { Row } from './measures.js';
import { runLoad } from './network-load.js';
import type { TrafficConfig } from './schema.js';
import { makeTarget, type TrafficTarget } from './traffic-target.js';

/** One load as it was measured. */
export interface MeasuredLoad {
  readonly load: number;
  readonly isStable: boolean;
  /** Why it is not stable. */
  readonly saturated: Saturated;
  readonly metrics: Readonly<Record<string, number>>;
  readonly tables: Readonly<Record<string, readonly Row[]>>;
}

/** The loads measured so far, each once. */
export class LoadCurve {
  private readonly measured = new Map<number, MeasuredLoad>();
  private events = 0;

  constructor(
    private readonly config: TrafficConfig,
    private readonly control: ExperimentControl,
  ) {}

  at(load: number): MeasuredLoad {
    const known = this.measured.get(load);
    if (known !== undefined) return known;
    const target = makeTarget(this.config, this.control);
    const result = runLoad(target, this.config, load, this.control);
    const saturated = saturatedBy(result);
    const metrics = loadMetrics(load, target, result, this.config, saturated);
    const point = { load, isStable: saturated === 'none', saturated, metrics, tables: target.tables(result.tally, result.cycles) };
    this.measured.set(load, point);
    this.events += result.flitHops;
    this.progress(point);
    return point;
  }

  /** Reports how far the run is; its time is the one of the load shown. */
  progress({ metrics }: MeasuredLoad): void {
    this.control.progress({ simulatedSeconds: metrics['cycles']! * 1e-9, events: this.events, done: this.measured.size });
  }

  /** The highest stable load below all that are not; where none is stable, the lowest load. */
  shown(): MeasuredLoad | undefined {
    const points = this.ascending();
    const firstUnstable = points.findIndex(({ isStable }) => !isStable);
    return firstUnstable === -1 ? points.at(-1) : points[Math.max(0, firstUnstable - 1)];
  }

  /** The load-latency curve. */
  rows(): Row[] {
    return this.ascending().map(({ isStable, saturated, metrics }) => ({ ...metrics, stable: isStable, saturatedBy: saturated }));
  }

  private ascending(): MeasuredLoad[] {
    return [...this.measured.values()].sort((a, b) => a.load - b.load);
  }
}

/** What one load is measured by, with the load itself. */
function loadMetrics(load: number, target: TrafficTarget, result: LoadResult, config: TrafficConfig, saturated: Saturated): Record<string, number> {
  const { cycles, acceptedRate, createdPackets, windowCycles } = result;
  return {
    load,
    cycles,
    stable: saturated === 'none' ? 1 : 0,
    offeredRate: windowCycles === 0 ? 0 : (createdPackets * config.packetFlits) / (windowCycles * target.network.nodes),
    acceptedRate,
    latencyLimitCycles: config.latencyLimitCycles,
    ...target.metrics(result.tally),
  };
}

import type { ExperimentControl } from 'tessera-sim';
import type { LoadResult } from 'tessera-sim/traffic';
import type { Row } from './measures.js';
import { runLoad } from './network-load.js';
import type { TrafficConfig } from './schema.js';
import { makeTarget, type TrafficTarget } from './traffic-target.js';

/** One load as it was measured. */
export interface MeasuredLoad {
  readonly load: number;
  readonly isStable: boolean;
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
    const point = { load, isStable: result.stable, metrics: loadMetrics(load, target, result), tables: target.tables(result.tally, result.cycles) };
    this.measured.set(load, point);
    this.events += result.flitHops;
    this.progress(point);
    return point;
  }

  /** Reports how far the run is; its time is the one of the load shown. */
  progress({ metrics }: MeasuredLoad): void {
    this.control.progress({ simulatedSeconds: metrics['cycles']! * 1e-9, events: this.events, done: this.measured.size });
  }

  highestStable(): MeasuredLoad | undefined {
    return this.ascending().findLast(({ isStable }) => isStable);
  }

  /** The load-latency curve. */
  rows(): Row[] {
    return this.ascending().map(({ isStable, metrics }) => ({ ...metrics, stable: isStable }));
  }

  private ascending(): MeasuredLoad[] {
    return [...this.measured.values()].sort((a, b) => a.load - b.load);
  }
}

/** What one load is measured by, with the load itself. */
function loadMetrics(load: number, target: TrafficTarget, result: LoadResult): Record<string, number> {
  return {
    load,
    cycles: result.cycles,
    stable: result.stable ? 1 : 0,
    acceptedRate: result.acceptedRate,
    ...target.metrics(result.tally),
  };
}

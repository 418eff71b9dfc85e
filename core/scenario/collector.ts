import type { LayerResult } from '../estimate/result.js';
import type { ClockDomain } from '../kernel/clock-domain.js';
import type { ExecutionObserver } from '../schedule/executor.js';
import type { OperationRecord } from '../schedule/record.js';
import type { TraceRecorder } from './trace-recorder.js';

interface Span {
  start: number;
  end: number;
}

class LayerTally {
  macs = 0;
  startTick = Infinity;
  endTick = 0;
  readonly bytes = new Map<number, number>();
  /** Disjoint spans in which a core computed the layer, ascending. */
  private readonly computing: Span[] = [];

  constructor(readonly operator: string) {}

  add(record: OperationRecord): void {
    this.startTick = Math.min(this.startTick, record.startTick);
    this.endTick = Math.max(this.endTick, record.endTick);
    if (record.form.kind === 'compute' || record.form.kind === 'pim') {
      this.macs += Object.values(record.form.loops ?? {}).reduce((product, size) => product * size, 1);
      this.addCompute(record.startTick, record.endTick);
    } else {
      for (const region of [...record.reads, ...record.writes]) {
        this.bytes.set(region.memory, (this.bytes.get(region.memory) ?? 0) + region.bytes);
      }
    }
  }

  get computeTicks(): number {
    return this.computing.reduce((sum, span) => sum + span.end - span.start, 0);
  }

  /** Operations come in order of their ends, so a new span can only swallow the last ones. */
  private addCompute(start: number, end: number): void {
    let from = start;
    for (let last = this.computing.at(-1); last !== undefined && last.end >= from; last = this.computing.at(-1)) {
      from = Math.min(from, last.start);
      this.computing.pop();
    }
    this.computing.push({ start: from, end });
  }
}

/** Gathers per-layer results and the peak content of the memories while a schedule runs. */
export class ResultCollector implements ExecutionObserver {
  readonly peakBytes = new Map<number, number>();
  private readonly layers = new Map<string, LayerTally>();

  constructor(
    private readonly now: () => number,
    private readonly operatorOf: (layer: string) => string | undefined,
    private readonly trace: TraceRecorder | undefined,
  ) {}

  operationFinished(record: OperationRecord): void {
    this.trace?.operationFinished(record);
    const name = record.form.layer;
    if (name === undefined) return;
    let tally = this.layers.get(name);
    if (tally === undefined) {
      tally = new LayerTally(this.operatorOf(name) ?? record.form.operator ?? record.form.kind);
      this.layers.set(name, tally);
    }
    tally.add(record);
  }

  occupancyChanged(memory: number, bytes: number): void {
    this.trace?.occupancyChanged(memory, this.now(), bytes);
    if (bytes > (this.peakBytes.get(memory) ?? 0)) this.peakBytes.set(memory, bytes);
  }

  /** Layers in the order in which their first operations ended. */
  layerResults(clock: ClockDomain, pathOf: (memory: number) => string): LayerResult[] {
    return [...this.layers].map(([layer, tally]) => ({
      layer,
      operator: tally.operator,
      macs: tally.macs,
      cycles: clock.cyclesIn(tally.endTick - tally.startTick),
      startCycle: clock.cyclesIn(tally.startTick),
      endCycle: clock.cyclesIn(tally.endTick),
      computeCycles: clock.cyclesIn(tally.computeTicks),
      bytes: Object.fromEntries([...tally.bytes].sort((a, b) => a[0] - b[0]).map(([memory, bytes]) => [pathOf(memory), bytes])),
    }));
  }
}

import type { LayerResult } from '../result/performance.js';
import type { StateExchange } from '../kernel/state.js';
import type { ClockDomain } from '../kernel/clock-domain.js';
import type { ExecutionObserver } from '../schedule/execute/executor.js';
import { OperationTimes } from '../result/digests.js';
import { PlanTally } from '../result/plan-digests.js';
import type { ScheduleLayer } from '../schedule/form/form.js';
import type { OperationRecord } from '../schedule/resolve/record.js';
import { workOf } from '../mapping/layer-work.js';
import type { TraceRecorder } from './trace/trace-recorder.js';

interface Span {
  start: number;
  end: number;
}

class LayerTally {
  /** Ticks of the run that are this layer's share. */
  shareTicks = 0;
  /** Points of the loops of its tiles. */
  points = 0;
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
      this.points += record.tile?.points ?? 1;
      this.addCompute(record.startTick, record.endTick);
    } else {
      for (const region of [...record.reads, ...record.writes]) {
        this.bytes.set(region.memory, (this.bytes.get(region.memory) ?? 0) + region.bytes);
      }
    }
  }

  state(s: StateExchange): void {
    this.shareTicks = s.number(this.shareTicks);
    this.points = s.number(this.points);
    this.startTick = s.tick(this.startTick);
    this.endTick = s.tick(this.endTick);
    s.map(this.bytes, (bytes) => s.number(bytes ?? 0));
    s.list(this.computing, (span) => ({ start: s.tick(span?.start ?? 0), end: s.tick(span?.end ?? 0) }));
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

/** Layers at work now, by the number of their operations under way. */
class ActiveLayers {
  private readonly counts = new Map<LayerTally, number>();

  change(tally: LayerTally, by: number): void {
    const count = (this.counts.get(tally) ?? 0) + by;
    if (count > 0) this.counts.set(tally, count);
    else this.counts.delete(tally);
  }

  get size(): number {
    return this.counts.size;
  }

  /** @param layers the tallies that layers are told by */
  state(s: StateExchange, layers: readonly LayerTally[]): void {
    const counts = [...this.counts];
    s.list(counts, (entry): [LayerTally, number] => {
      const layer = layers[s.number(entry === undefined ? 0 : layers.indexOf(entry[0]))]!;
      return [layer, s.number(entry?.[1] ?? 0)];
    });
    if (!s.loading) return;
    this.counts.clear();
    for (const [tally, count] of counts) this.counts.set(tally, count);
  }

  divide(ticks: number): void {
    const share = ticks / this.counts.size;
    for (const tally of this.counts.keys()) tally.shareTicks += share;
  }
}

/** Gathers per-layer results and the peak content of the memories while a schedule runs. */
export class ResultCollector implements ExecutionObserver {
  readonly peakBytes = new Map<number, number>();
  readonly times = new OperationTimes();
  readonly plan = new PlanTally();
  private readonly layers = new Map<string, LayerTally>();
  private readonly computing = new ActiveLayers();
  private readonly moving = new ActiveLayers();
  private settledTick = 0;

  constructor(
    private readonly now: () => number,
    private readonly layerOf: (layer: string) => ScheduleLayer | undefined,
    private readonly trace: TraceRecorder | undefined,
  ) {}

  operationStarted(record: OperationRecord): void {
    this.plan.operationStarted(record.id);
    const tally = this.tallyOf(record);
    if (tally === undefined) return;
    this.settle();
    this.activeOf(record).change(tally, 1);
  }

  operationFinished(record: OperationRecord): void {
    this.trace?.operationFinished(record);
    this.times.add(record.id, record.startTick, record.endTick);
    this.plan.operationFinished(record);
    const tally = this.tallyOf(record);
    if (tally === undefined) return;
    this.settle();
    this.activeOf(record).change(tally, -1);
    tally.add(record);
  }

  occupancyChanged(memory: number, bytes: number): void {
    this.trace?.occupancyChanged(memory, this.now(), bytes);
    if (bytes > (this.peakBytes.get(memory) ?? 0)) this.peakBytes.set(memory, bytes);
  }

  private tallyOf(record: OperationRecord): LayerTally | undefined {
    const name = record.form.layer;
    if (name === undefined) return undefined;
    let tally = this.layers.get(name);
    if (tally === undefined) {
      tally = new LayerTally(this.layerOf(name)?.operator ?? record.form.operator ?? record.form.kind);
      this.layers.set(name, tally);
    }
    return tally;
  }

  private activeOf(record: OperationRecord): ActiveLayers {
    return record.form.kind === 'compute' || record.form.kind === 'pim' ? this.computing : this.moving;
  }

  /** Gives the time since the last change to the layers that were at work. */
  private settle(): void {
    const now = this.now();
    const ticks = now - this.settledTick;
    if (ticks === 0) return;
    this.settledTick = now;
    const active = this.computing.size > 0 ? this.computing : this.moving;
    if (active.size > 0) active.divide(ticks);
  }

  state(s: StateExchange): void {
    this.settledTick = s.tick(this.settledTick);
    s.map(this.peakBytes, (bytes) => s.number(bytes ?? 0));
    this.times.state(s);
    this.plan.state(s);
    const names = [...this.layers].map(([name, { operator }]) => ({ name, operator }));
    s.list(names, (layer) => ({ name: s.text(layer?.name ?? ''), operator: s.text(layer?.operator ?? '') }));
    if (s.loading) for (const { name, operator } of names) this.layers.set(name, new LayerTally(operator));
    const tallies = [...this.layers.values()];
    for (const tally of tallies) tally.state(s);
    this.computing.state(s, tallies);
    this.moving.state(s, tallies);
  }

  /** Points of the tiles of each layer, whatever work a point is. */
  get points(): ReadonlyMap<string, number> {
    return new Map([...this.layers].map(([layer, { points }]) => [layer, points]));
  }

  private workDone(layer: string, { operator, points }: LayerTally): Pick<LayerResult, 'macs' | 'ops'> {
    const { macs, ops } = workOf(this.layerOf(layer) ?? { operator });
    return { macs: Math.round(points * macs), ops: Math.round(points * ops) };
  }

  /** Layers in the order in which their first operations began. */
  layerResults(clock: ClockDomain, pathOf: (memory: number) => string): LayerResult[] {
    return [...this.layers].map(([layer, tally]) => ({
      layer,
      operator: tally.operator,
      ...this.workDone(layer, tally),
      cycles: clock.cyclesIn(tally.shareTicks),
      startCycle: clock.cyclesIn(tally.startTick),
      endCycle: clock.cyclesIn(tally.endTick),
      computeCycles: clock.cyclesIn(tally.computeTicks),
      bytes: Object.fromEntries([...tally.bytes].sort((a, b) => a[0] - b[0]).map(([memory, bytes]) => [pathOf(memory), bytes])),
    }));
  }
}

/** Receives intervals of work: what a Gantt chart or a trace shows. */
export type SpanListener = (startTick: number, endTick: number, label: number, operation: number) => void;
/** Receives values over time: occupancy, utilisation. */
export type CounterListener = (tick: number, value: number) => void;
/** Receives single happenings with two numbers of the probe's own meaning, e.g. a DRAM command. */
export type PointListener = (tick: number, a: number, b: number) => void;

/** A named observation point; `active` is false while no one listens, and a block asks that first. */
abstract class Probe<L> {
  active = false;
  protected listeners: L[] = [];

  constructor(
    readonly path: string,
    /** Names of the labels that spans carry, by number. */
    readonly labels: readonly string[] = [],
    readonly unit = '',
  ) {}

  listen(listener: L): void {
    this.listeners.push(listener);
    this.active = true;
  }
}

export class SpanProbe extends Probe<SpanListener> {
  emit(startTick: number, endTick: number, label: number, operation: number): void {
    for (let i = 0; i < this.listeners.length; i++) this.listeners[i]!(startTick, endTick, label, operation);
  }
}

export class CounterProbe extends Probe<CounterListener> {
  emit(tick: number, value: number): void {
    for (let i = 0; i < this.listeners.length; i++) this.listeners[i]!(tick, value);
  }
}

export class PointProbe extends Probe<PointListener> {
  emit(tick: number, a: number, b: number): void {
    for (let i = 0; i < this.listeners.length; i++) this.listeners[i]!(tick, a, b);
  }
}

export type AnyProbe = SpanProbe | CounterProbe | PointProbe;

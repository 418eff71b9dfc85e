import type { Spec } from './charts/spec.js';

/** A row of the Gantt: spans that do not overlap, as gap, length, label, operation, spans merged, in turn (ticks). */
export interface GanttRow {
  readonly name: string;
  readonly group: string;
  readonly kind: string;
  readonly labels: readonly string[];
  readonly spans: readonly number[];
}

/** What the page's script draws. */
export interface GanttData {
  /** As in `Thinned` of the exporters' library, which the page's own script cannot see. */
  readonly recordedSpans: number;
  readonly keptSpans: number;
  readonly mergedBelowTicks: number;
  readonly endTick: number;
  readonly ticksPerCycle: number;
  readonly rows: readonly GanttRow[];
  readonly layers: readonly string[];
  readonly kinds: readonly string[];
  /** Operation id, index of its layer (-1: none) and of its kind, in turn. */
  readonly operations: readonly number[];
}

/** What the page's script reads: charts and Gantts by the id of their place, colours by name. Filled while sections are made. */
export interface PageData {
  readonly charts: Record<string, Spec>;
  readonly gantts: Record<string, GanttData>;
  readonly activityColours: Readonly<Record<string, string>>;
  readonly layerColours: Readonly<Record<string, string>>;
}

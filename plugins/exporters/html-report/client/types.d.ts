/** Types of the page's script, which runs in a browser and is checked by a configuration of its own. */

export interface GanttRowData {
  name: string;
  group: string;
  kind: string;
  labels: string[];
  spans: number[];
}

export interface GanttInput {
  endTick: number;
  ticksPerCycle: number;
  rows: GanttRowData[];
  layers: string[];
  kinds: string[];
  operations: number[];
  mergedBelowTicks: number;
  dropped: number;
}

export interface PageInput {
  charts: Record<string, object>;
  gantts: Record<string, GanttInput>;
  activityColours: Record<string, string>;
  layerColours: Record<string, string>;
}

/** A row with its spans side by side in typed arrays, ascending and without overlaps. */
export interface GanttRow {
  name: string;
  group: string;
  kind: string;
  labels: string[];
  starts: Float64Array;
  ends: Float64Array;
  labelOf: Uint16Array;
  operationOf: Int32Array;
  merged: Uint32Array;
}

export interface SpanFacts {
  layer: string;
  kind: string;
  label: string;
  /** Id of the operation; undefined when none is behind the span. */
  operation: number | undefined;
  merged: number;
  start: number;
  end: number;
}

export interface GanttModel {
  input: GanttInput;
  rows: GanttRow[];
  facts(row: GanttRow, span: number): SpanFacts;
}

export type ColourMode = 'layer' | 'activity';

export interface Viewport {
  from: number;
  until: number;
  /** Width of the drawing in pixels of the style sheet. */
  width: number;
}

export interface PaintChoice {
  mode: ColourMode;
  /** Layer that stands out; empty for all alike. */
  highlight: string;
}

export interface EmbedResult {
  finalize(): void;
}

/** The global that vega-embed's bundle makes. */
export type VegaEmbed = (place: unknown, spec: object, options: object) => Promise<EmbedResult>;

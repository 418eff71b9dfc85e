/** Types of the page's script; what it reads is in page-data.ts, which the exporter writes. */
import type { GanttData } from '../page-data.js';

/** A row with its spans side by side in typed arrays, ascending and without overlaps. */
export interface SpanRow {
  readonly name: string;
  readonly group: string;
  readonly kind: string;
  readonly labels: readonly string[];
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  readonly labelOf: Uint16Array;
  readonly operationOf: Int32Array;
  readonly merged: Uint32Array;
}

export interface SpanFacts {
  readonly layer: string;
  readonly kind: string;
  readonly label: string;
  /** Id of the operation; undefined when none is behind the span. */
  readonly operation: number | undefined;
  readonly merged: number;
  /** Ticks. */
  readonly start: number;
  readonly end: number;
}

export interface GanttModel {
  readonly input: GanttData;
  readonly rows: readonly SpanRow[];
  facts(row: SpanRow, span: number): SpanFacts;
}

/** The stretch of the run that is shown, in ticks. */
export interface Viewport {
  readonly from: number;
  readonly until: number;
  /** Width of the drawing in pixels of the style sheet. */
  readonly width: number;
}

export interface PaintChoice {
  readonly mode: 'layer' | 'activity';
  /** Layer that stands out; empty for all alike. */
  readonly highlight: string;
}

/** A place on the canvas, in pixels of the style sheet. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

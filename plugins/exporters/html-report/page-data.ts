import type { Spec } from './charts/spec.js';
import type { GanttData } from './gantt-data.js';

/** What the page's script reads: charts and Gantts by the id of their place, colours by name. Filled while sections are made. */
export interface PageData {
  readonly charts: Record<string, Spec>;
  readonly gantts: Record<string, GanttData>;
  readonly activityColours: Readonly<Record<string, string>>;
  readonly layerColours: Readonly<Record<string, string>>;
}

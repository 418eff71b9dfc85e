/** What other exporters share with this one: spans on lanes, tracks in groups. */
export { assignLanes, SPAN_STRIDE, type LanedSpans } from './lanes.js';
export { groupOf } from './run-events.js';

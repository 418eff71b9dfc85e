/** What other exporters share with this one: spans on lanes, tracks in groups, and fewer spans when there are too many. */
export { spanRows, type SpanRow } from './rows.js';
export { thinLanes, type LaneSpan } from './thin-spans.js';

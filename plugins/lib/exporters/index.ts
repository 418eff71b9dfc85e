/** What exporters of timelines share: spans on lanes, tracks in groups, and fewer spans when there are too many. */
export * from './lanes.js';
export * from './rows.js';
export * from './thin-spans.js';

import type { RunTrace, TraceTrack } from 'tessera-sim';
import { assignLanes, SPAN_STRIDE } from './lanes.js';
import type { LaneSpan } from './thin-spans.js';

/** Spans that do not overlap, drawn on one line: a track, or one lane of it. */
export interface SpanRow {
  readonly name: string;
  readonly group: string;
  readonly kind: string;
  readonly labels: readonly string[];
  readonly spans: readonly LaneSpan[];
}

/** Only what starts in [fromTick, untilTick). */
export interface TimeWindow {
  readonly fromTick: number;
  readonly untilTick: number;
}

export const WHOLE_RUN: TimeWindow = { fromTick: 0, untilTick: Infinity };

const LINKS = 'links';
const QUEUES = 'queues';

/** Blocks of one tile (`core0.pe`, `core0.l1`) share a group; the direct links between ports have one of their own. */
export function groupOf(track: Pick<TraceTrack, 'path' | 'block'>): string {
  if (track.path.includes('->')) return LINKS;
  const dot = track.block.lastIndexOf('.');
  return dot < 0 ? track.block : track.block.slice(0, dot);
}

/** The spans of all tracks, the links' after the blocks', and what the issuing queues did as rows of their own. */
export function spanRows(trace: RunTrace, window: TimeWindow = WHOLE_RUN): SpanRow[] {
  const isLink = (track: TraceTrack): boolean => groupOf(track) === LINKS;
  const tracks = [...trace.tracks.filter((track) => !isLink(track)), ...trace.tracks.filter(isLink)];
  const queues = trace.queues.flatMap((track) => laneRows(track, { name: track.path, group: QUEUES, kind: track.kind, labels: track.labels }, window));
  return [...tracks.flatMap((track) => trackRows(track, window)), ...queues];
}

function trackRows(track: TraceTrack, window: TimeWindow): SpanRow[] {
  const { labels, path, kind } = track;
  return laneRows(track, { name: path, group: groupOf(track), kind: groupOf(track) === LINKS ? 'link' : kind, labels }, window);
}

function laneRows({ spans, merged }: TraceTrack, about: Omit<SpanRow, 'spans'>, { fromTick, untilTick }: TimeWindow): SpanRow[] {
  if (spans === undefined || spans.length === 0) return [];
  const { order, lanes, laneCount } = assignLanes(spans);
  const rows = Array.from({ length: laneCount }, (): LaneSpan[] => []);
  order.forEach((span, place) => {
    const at = span * SPAN_STRIDE;
    const start = spans[at] ?? 0;
    if (start < fromTick || start >= untilTick) return;
    rows[lanes[place] ?? 0]?.push({
      start,
      end: spans[at + 1] ?? 0,
      label: spans[at + 2] ?? 0,
      operation: spans[at + 3] ?? -1,
      merged: merged?.[span] ?? 1,
    });
  });
  return rows.map((lane, i) => ({ ...about, name: i === 0 ? about.name : `${about.name} (${i + 1})`, spans: lane }));
}

/** How many recorded spans the rows stand for. */
export function recordedSpans(rows: readonly { readonly spans: readonly LaneSpan[] }[]): number {
  return rows.reduce((sum, { spans }) => spans.reduce((within, { merged }) => within + merged, sum), 0);
}

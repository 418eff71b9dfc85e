import type { RunResult, RunTrace, TracedOperation, TraceTrack } from '../../../core/index.js';
import { assignLanes, SPAN_STRIDE } from './lanes.js';
import type { TimeWindow } from './time-window.js';
import type { TraceWriter } from './trace-writer.js';

const LINKS = 'links';

/** Blocks of one tile (`core0.pe`, `core0.l1`) share a process; the direct links between ports have one of their own. */
export function groupOf(track: TraceTrack): string {
  if (track.path.includes('->')) return LINKS;
  const dot = track.block.lastIndexOf('.');
  return dot < 0 ? track.block : track.block.slice(0, dot);
}

/** Groups in the order of their first tracks, the links last. */
function groupsOf(trace: RunTrace): Map<string, TraceTrack[]> {
  const groups = new Map<string, TraceTrack[]>();
  const isLink = (track: TraceTrack): boolean => groupOf(track) === LINKS;
  for (const track of [...trace.tracks.filter((one) => !isLink(one)), ...trace.tracks.filter(isLink)]) {
    const list = groups.get(groupOf(track));
    if (list === undefined) groups.set(groupOf(track), [track]);
    else list.push(track);
  }
  return groups;
}

/** Writes the tracks of one run; process ids are taken from `firstPid` on. Returns the next free one. */
export function writeRun(writer: TraceWriter, result: RunResult, prefix: string, firstPid: number, window: TimeWindow): number {
  const { trace } = result;
  if (trace === undefined) return firstPid;
  const operations = new Map(trace.operations.map((operation) => [operation.id, operation]));
  let pid = firstPid;
  for (const [group, tracks] of groupsOf(trace)) {
    writer.processName(pid, `${prefix}${group}`, pid);
    writeTracks(writer, tracks, pid, operations, window);
    pid++;
  }
  if (trace.operations.length > 0) {
    writer.processName(pid, `${prefix}queues`, pid);
    writeQueues(writer, trace, pid, window);
    pid++;
  }
  return pid;
}

function writeTracks(writer: TraceWriter, tracks: readonly TraceTrack[], pid: number, operations: ReadonlyMap<number, TracedOperation>, window: TimeWindow): void {
  let tid = 1;
  for (const track of tracks) {
    if (track.counter !== undefined) writeCounter(writer, track, pid, window);
    if (track.spans === undefined) continue;
    const name = track.dropped > 0 ? `${track.path} (${track.dropped} dropped)` : track.path;
    tid = writeLanes(writer, track.spans, { pid, tid, name, window }, (label, operation) => ({
      ...spanText(writer, track, label, operations.get(operation)),
    }));
  }
}

interface SpanText {
  readonly name: string;
  readonly category: string;
  readonly args: string;
}

/** A span is named by its layer, or by what the block did when no operation is behind it. */
function spanText(writer: TraceWriter, track: TraceTrack, label: number, operation: TracedOperation | undefined): SpanText {
  const what = track.labels[label] ?? track.kind;
  if (operation === undefined) return { name: what, category: track.kind, args: '' };
  const args = `"operation":${operation.id},"layer":${writer.quote(operation.layer)}`;
  const isWork = what === 'busy' || what === 'work';
  const layer = operation.layer === '' ? operation.kind : operation.layer;
  return { name: isWork ? layer : `${layer} (${what})`, category: track.kind, args };
}

interface Place {
  readonly pid: number;
  readonly tid: number;
  readonly name: string;
  readonly window: TimeWindow;
}

/** One thread a lane; returns the next free thread id. */
function writeLanes(writer: TraceWriter, spans: Float64Array, { pid, tid, name, window }: Place, textOf: (label: number, operation: number) => SpanText): number {
  const { order, lanes, laneCount } = assignLanes(spans);
  for (let lane = 0; lane < Math.max(1, laneCount); lane++) writer.threadName(pid, tid + lane, lane === 0 ? name : `${name} (${lane + 1})`);
  order.forEach((span, place) => {
    const at = span * SPAN_STRIDE;
    const [start, end] = [spans[at] ?? 0, spans[at + 1] ?? 0];
    if (start < window.fromTick || start >= window.untilTick) return;
    const text = textOf(spans[at + 2] ?? 0, spans[at + 3] ?? -1);
    writer.span(pid, tid + (lanes[place] ?? 0), text.name, text.category, start, end, text.args);
  });
  return tid + Math.max(1, laneCount);
}

function writeCounter(writer: TraceWriter, track: TraceTrack, pid: number, { fromTick, untilTick }: TimeWindow): void {
  const values = track.counter ?? new Float64Array(0);
  const unit = track.unit === undefined || track.unit === '' ? 'value' : track.unit;
  for (let i = 0; i + 1 < values.length; i += 2) {
    const tick = values[i] ?? 0;
    if (tick >= fromTick && tick < untilTick) writer.counter(pid, track.path, tick, unit, values[i + 1] ?? 0);
  }
}

/** What the issuing queues did: one thread a queue, more where operations overlap. */
function writeQueues(writer: TraceWriter, trace: RunTrace, pid: number, window: TimeWindow): void {
  const byQueue = new Map<string, TracedOperation[]>();
  for (const operation of trace.operations) {
    const list = byQueue.get(operation.queue);
    if (list === undefined) byQueue.set(operation.queue, [operation]);
    else list.push(operation);
  }
  let tid = 1;
  for (const [queue, list] of [...byQueue].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const spans = Float64Array.from(list.flatMap(({ startTick, endTick }, index) => [startTick, endTick, 0, index]));
    tid = writeLanes(writer, spans, { pid, tid, name: queue, window }, (_, index) => {
      const { id, kind, layer } = list[index] ?? { id: -1, kind: '', layer: '' };
      return { name: layer === '' ? kind : `${layer} ${kind}`, category: 'operation', args: `"operation":${id},"kind":${writer.quote(kind)},"layer":${writer.quote(layer)}` };
    });
  }
}

import { CounterProbe, SpanProbe } from '../../model/probes.js';
import type { OperationRecord } from '../../schedule/resolve/record.js';
import type { Machine } from '../../machine/machine.js';
import type { RunTrace, TracedOperation, TraceTrack } from '../../result/run-result.js';
import { CounterTrack } from './counter-track.js';
import { SpanTrack } from './span-track.js';

/** Spans and counter values of a run that are kept when nobody says how many: some 100 MB. */
export const DEFAULT_TRACE_EVENTS = 1_000_000;
const LINK_LABELS = ['read', 'write'] as const;
const QUEUE_LABELS = ['operation'] as const;

type Head = Pick<TraceTrack, 'path' | 'block' | 'kind' | 'labels' | 'unit'>;
type Listed<Track> = { readonly head: Head; readonly track: Track };

/**
 * Listens to every span and counter probe of a machine, to its links and to the issuing queues. What is kept is bounded: when there are more
 * than `maxEvents` spans and values, all tracks are thinned with one step of time, which doubles as often as it has to. So the whole run is
 * told, however long it gets, equally finely from its start to its end.
 */
export class TraceRecorder {
  private readonly spans: Listed<SpanTrack>[] = [];
  private readonly counters: Listed<CounterTrack>[] = [];
  private readonly queues = new Map<string, SpanTrack>();
  private readonly occupancy = new Map<number, CounterTrack>();
  private operations: TracedOperation[] = [];
  private eventCount = 0;
  private stepTicks = 0;
  /** When it is time to thin. */
  private mostEvents: number;

  constructor(
    private readonly machine: Machine,
    private readonly maxEvents = DEFAULT_TRACE_EVENTS,
  ) {
    this.mostEvents = maxEvents;
    for (const block of machine.blocks) {
      for (const probe of block.probes.values()) {
        if (probe instanceof SpanProbe) this.listenToSpans(probe, block.path, block.plugin.kind);
        else if (probe instanceof CounterProbe) this.listenToCounter(probe, block.path, block.plugin.kind);
      }
    }
    for (const link of machine.links) {
      const probe = new SpanProbe(link.path, LINK_LABELS);
      link.span = probe;
      this.listenToSpans(probe, link.path, 'link');
    }
  }

  operationFinished(record: OperationRecord): void {
    const { id, form, readyTick, startTick, endTick, releaseCause, releasedBy } = record;
    this.operations.push({ id, kind: form.kind, layer: form.layer ?? '', queue: form.queue, readyTick, startTick, endTick, releaseCause, releasedBy });
    let track = this.queues.get(form.queue);
    if (track === undefined) {
      track = new SpanTrack();
      this.queues.set(form.queue, track);
    }
    track.append(startTick, endTick, 0, id);
    this.count();
  }

  /** Buffers of a memory hold so many bytes from this tick on. */
  occupancyChanged(memory: number, tick: number, bytes: number): void {
    let track = this.occupancy.get(memory);
    if (track === undefined) {
      track = new CounterTrack();
      this.occupancy.set(memory, track);
      const path = this.machine.directory.pathOf(memory);
      this.counters.push({ head: { path: `${path}.occupancy`, block: path, kind: 'memory', labels: [], unit: 'bytes' }, track });
    }
    track.append(tick, bytes);
    this.count();
  }

  finish(): RunTrace {
    // What came since the last time would be told more finely than the rest.
    if (this.stepTicks > 0) {
      this.thinTracks();
      this.forgetOperations();
    }
    const spans = this.spans.map(({ head, track }) => closeSpans(head, track));
    const counters = this.counters.map(({ head, track }) => ({ ...head, counter: track.values() }));
    const queues = [...this.queues].map(([path, track]) => closeSpans({ path, block: path, kind: 'queue', labels: QUEUE_LABELS }, track));
    return { tracks: [...spans, ...counters].sort(byPath), queues: queues.sort(byPath), operations: this.operations, mergedBelowTicks: this.stepTicks };
  }

  private listenToSpans(probe: SpanProbe, block: string, kind: string): void {
    const track = new SpanTrack();
    this.spans.push({ head: { path: probe.path, block, kind, labels: probe.labels, unit: probe.unit }, track });
    probe.listen((start, end, label, operation) => {
      track.append(start, end, label, operation);
      this.count();
    });
  }

  private listenToCounter(probe: CounterProbe, block: string, kind: string): void {
    const track = new CounterTrack();
    this.counters.push({ head: { path: probe.path, block, kind, labels: [], unit: probe.unit }, track });
    probe.listen((tick, value) => {
      track.append(tick, value);
      this.count();
    });
  }

  private count(): void {
    if (++this.eventCount > this.mostEvents) this.thin();
  }

  /** To half of what may be kept, so that the next time is far. */
  private thin(): void {
    const endTick = [...this.spanTracks()].reduce((latest, { latestTick }) => Math.max(latest, latestTick), this.machine.kernel.now);
    // The first step that can be enough: fewer stretches than events.
    this.stepTicks ||= 2 ** Math.floor(Math.log2(Math.max(1, endTick / this.maxEvents)));
    this.thinTracks();
    while (this.eventCount > this.maxEvents / 2 && this.stepTicks <= endTick) {
      this.stepTicks *= 2;
      this.thinTracks();
    }
    // A machine may have more tracks than so small a trace has room for: some events of each are kept all the same.
    this.mostEvents = Math.max(this.maxEvents, 2 * this.eventCount);
    if (this.operations.length > this.maxEvents / 2) this.forgetOperations();
  }

  private thinTracks(): void {
    this.eventCount = 0;
    for (const track of [...this.spanTracks(), ...this.counters.map((counter) => counter.track)]) {
      track.thin(this.stepTicks);
      this.eventCount += track.count;
    }
  }

  private *spanTracks(): Generator<SpanTrack> {
    for (const { track } of this.spans) yield track;
    yield* this.queues.values();
  }

  /** Only those that a span names. */
  private forgetOperations(): void {
    if (this.operations.length === 0) return;
    const named = new Set<number>();
    for (const track of this.spanTracks()) track.addOperationsTo(named);
    this.operations = this.operations.filter(({ id }) => named.has(id));
  }
}

function closeSpans(head: Head, track: SpanTrack): TraceTrack {
  return { ...head, spans: track.spans(), merged: track.merged() };
}

function byPath(a: Head, b: Head): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

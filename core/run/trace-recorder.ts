import { CounterProbe, SpanProbe } from '../model/probes.js';
import type { OperationRecord } from '../schedule/resolve/record.js';
import { GrowingArray } from './growing-array.js';
import type { Machine } from '../machine/machine.js';
import type { RunTrace, TracedOperation, TraceTrack } from '../result/run-result.js';

/** Numbers kept per track: half a million spans, a million counter values. */
const TRACK_LIMIT = 2_000_000;
const OPERATION_LIMIT = 500_000;
const LINK_LABELS = ['read', 'write'] as const;

interface OpenTrack {
  readonly path: string;
  readonly block: string;
  readonly kind: string;
  readonly labels: readonly string[];
  readonly unit: string;
  readonly isCounter: boolean;
  readonly values: GrowingArray;
}

/** Listens to every span and counter probe of a machine and to its links. */
export class TraceRecorder {
  private readonly tracks: OpenTrack[] = [];
  private readonly operations: TracedOperation[] = [];
  private readonly occupancy = new Map<number, GrowingArray>();

  constructor(private readonly machine: Machine) {
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
    if (this.operations.length >= OPERATION_LIMIT) return;
    this.operations.push({
      id: record.id,
      kind: record.form.kind,
      layer: record.form.layer ?? '',
      queue: record.form.queue,
      readyTick: record.readyTick,
      startTick: record.startTick,
      endTick: record.endTick,
      releaseCause: record.releaseCause,
      releasedBy: record.releasedBy,
    });
  }

  /** Buffers of a memory hold so many bytes from this tick on. */
  occupancyChanged(memory: number, tick: number, bytes: number): void {
    let values = this.occupancy.get(memory);
    if (values === undefined) {
      values = new GrowingArray(TRACK_LIMIT);
      this.occupancy.set(memory, values);
      const path = this.machine.directory.pathOf(memory);
      this.tracks.push({ path: `${path}.occupancy`, block: path, kind: 'memory', labels: [], unit: 'bytes', isCounter: true, values });
    }
    values.append(tick, bytes);
  }

  finish(): RunTrace {
    const tracks = [...this.tracks].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
    return { tracks: tracks.map(closeTrack), operations: this.operations };
  }

  private listenToSpans(probe: SpanProbe, block: string, kind: string): void {
    const values = new GrowingArray(TRACK_LIMIT);
    this.tracks.push({ path: probe.path, block, kind, labels: probe.labels, unit: probe.unit, isCounter: false, values });
    probe.listen((start, end, label, operation) => values.append(start, end, label, operation));
  }

  private listenToCounter(probe: CounterProbe, block: string, kind: string): void {
    const values = new GrowingArray(TRACK_LIMIT);
    this.tracks.push({ path: probe.path, block, kind, labels: [], unit: probe.unit, isCounter: true, values });
    probe.listen((tick, value) => values.append(tick, value));
  }
}

function closeTrack(track: OpenTrack): TraceTrack {
  const { path, block, kind, labels, unit, values } = track;
  const data = track.isCounter ? { counter: values.toArray() } : { spans: values.toArray() };
  return { path, block, kind, labels, unit, dropped: values.dropped, ...data };
}

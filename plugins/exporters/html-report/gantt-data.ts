import type { ScheduleResult, TracedOperation } from 'tessera-sim';
import { recordedSpans, spanRows, thinLanes, type LaneSpan, type SpanRow } from 'tessera-sim/exporters';
import type { GanttData } from './page-data.js';

/** The Gantt of a run with at most about `maxSpans` spans; undefined when nothing was traced. */
export function ganttData(result: ScheduleResult, maxSpans: number): GanttData | undefined {
  const { trace, simulation } = result;
  if (trace === undefined) return undefined;
  const operations = new Map(trace.operations.map((operation) => [operation.id, operation]));
  const layerOf = (operation: number): string => operations.get(operation)?.layer ?? '';
  const rows = inReadingOrder(spanRows(trace));
  if (rows.length === 0) return undefined;
  const endTick = simulation.seconds * 1e12;
  const thinned = thinLanes(
    rows.map((row) => row.spans),
    { maxSpans, endTick, layerOf },
  );
  const used = usedOperations(thinned.lanes, operations);
  return {
    endTick,
    ticksPerCycle: simulation.cycles > 0 ? endTick / simulation.cycles : 1,
    rows: rows.map((row, i) => ({ ...row, spans: encode(thinned.lanes[i] ?? [], used.indexOf) })),
    ...used.tables,
    recordedSpans: recordedSpans(rows),
    keptSpans: thinned.lanes.reduce((sum, lane) => sum + lane.length, 0),
    mergedBelowTicks: Math.max(trace.mergedBelowTicks, thinned.mergedBelowTicks),
  };
}

const KIND_ORDER = ['core', 'pim', 'dma', 'memory', 'network', 'link', 'queue'];

/** Rows of one kind stand together, so that the cores can be compared at a glance. */
function inReadingOrder(rows: readonly SpanRow[]): SpanRow[] {
  const rank = ({ kind }: SpanRow): number => (KIND_ORDER.includes(kind) ? KIND_ORDER.indexOf(kind) : KIND_ORDER.length);
  return [...rows].sort((a, b) => rank(a) - rank(b));
}

function usedOperations(
  lanes: readonly (readonly LaneSpan[])[],
  operations: ReadonlyMap<number, TracedOperation>,
): { indexOf: ReadonlyMap<number, number>; tables: Pick<GanttData, 'layers' | 'kinds' | 'operations'> } {
  const [layers, kinds, indexOf] = [new Map<string, number>(), new Map<string, number>(), new Map<number, number>()];
  const table: number[] = [];
  const numberOf = (names: Map<string, number>, name: string): number => {
    if (!names.has(name)) names.set(name, names.size);
    return names.get(name) ?? 0;
  };
  for (const lane of lanes) {
    for (const { operation } of lane) {
      const known = operations.get(operation);
      if (known === undefined || indexOf.has(operation)) continue;
      indexOf.set(operation, indexOf.size);
      table.push(known.id, known.layer === '' ? -1 : numberOf(layers, known.layer), numberOf(kinds, known.kind));
    }
  }
  return { indexOf, tables: { layers: [...layers.keys()], kinds: [...kinds.keys()], operations: table } };
}

/** Differences instead of ticks: numbers stay short. */
function encode(lane: readonly LaneSpan[], operationIndex: ReadonlyMap<number, number>): number[] {
  const numbers: number[] = [];
  let before = 0;
  for (const { start, end, label, operation, merged } of lane) {
    numbers.push(start - before, end - start, label, operationIndex.get(operation) ?? -1, merged);
    before = end;
  }
  return numbers;
}

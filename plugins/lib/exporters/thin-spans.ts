/** A span of a lane; `merged` counts the recorded spans that it stands for. */
export interface LaneSpan {
  readonly start: number;
  readonly end: number;
  readonly label: number;
  readonly operation: number;
  readonly merged: number;
}

export interface ThinOptions {
  readonly maxSpans: number;
  readonly endTick: number;
  readonly layerOf: (operation: number) => string;
}

/** Finest step that merging starts with: far below a pixel of the whole run. */
const FINEST_STEPS = 1 << 17;

/**
 * Merges neighbouring spans until all lanes together hold at most `maxSpans`. Two neighbours become one when both fit into
 * `mergedBelowTicks`, or when they do the same for the same layer with a smaller gap between them.
 */
export function thinLanes(
  lanes: readonly (readonly LaneSpan[])[],
  options: ThinOptions,
): { lanes: readonly (readonly LaneSpan[])[]; mergedBelowTicks: number } {
  const count = (all: readonly (readonly LaneSpan[])[]): number => all.reduce((sum, lane) => sum + lane.length, 0);
  if (count(lanes) <= options.maxSpans) return { lanes, mergedBelowTicks: 0 };
  let step = options.endTick / FINEST_STEPS;
  let thinned = lanes;
  for (; step <= options.endTick; step *= 2) {
    const width = step;
    thinned = thinned.map((lane) => thinLane(lane, width, options.layerOf));
    if (count(thinned) <= options.maxSpans) break;
  }
  return { lanes: thinned, mergedBelowTicks: Math.ceil(step) };
}

function thinLane(lane: readonly LaneSpan[], width: number, layerOf: (operation: number) => string): LaneSpan[] {
  const kept: LaneSpan[] = [];
  for (const span of lane) {
    const last = kept[kept.length - 1];
    const fits = last !== undefined && (span.end - last.start <= width || (span.start - last.end <= width && sameWork(last, span, layerOf)));
    if (last === undefined || !fits) kept.push(span);
    else kept[kept.length - 1] = mergeTwo(last, span);
  }
  return kept;
}

function sameWork(a: LaneSpan, b: LaneSpan, layerOf: (operation: number) => string): boolean {
  return a.label === b.label && layerOf(a.operation) === layerOf(b.operation);
}

/** The longer one says what it is. */
function mergeTwo(a: LaneSpan, b: LaneSpan): LaneSpan {
  const { label, operation } = b.end - b.start > a.end - a.start ? b : a;
  return { start: a.start, end: b.end, label, operation, merged: a.merged + b.merged };
}

import type { RunResult, RunTrace } from '../../../core/index.js';
import { SPAN_STRIDE } from './lanes.js';

/** Events that are written: those that start in [fromTick, untilTick). */
export interface TimeWindow {
  readonly fromTick: number;
  readonly untilTick: number;
  /** Events that start after `untilTick` because there would be too many. */
  readonly cutEvents: number;
}

/**
 * The window asked for, shortened so that all tracks together hold at most `maxEvents`: what is shown is then complete up
 * to one point in time, and nothing after it.
 */
export function windowOf(results: readonly RunResult[], fromTick: number, toTick: number, maxEvents: number): TimeWindow {
  const starts = results.flatMap(({ trace }) => (trace === undefined ? [] : [startsOf(trace, fromTick, toTick)]));
  const total = starts.reduce((sum, list) => sum + list.length, 0);
  if (total <= maxEvents) return { fromTick, untilTick: toTick, cutEvents: 0 };
  const all = new Float64Array(total);
  let at = 0;
  for (const list of starts) {
    all.set(list, at);
    at += list.length;
  }
  all.sort();
  const untilTick = all[maxEvents] ?? toTick;
  return { fromTick, untilTick, cutEvents: total - all.indexOf(untilTick) };
}

function startsOf(trace: RunTrace, from: number, until: number): number[] {
  const starts: number[] = [];
  const add = (tick: number): void => {
    if (tick >= from && tick < until) starts.push(tick);
  };
  for (const { spans, counter } of trace.tracks) {
    for (let i = 0; spans !== undefined && i < spans.length; i += SPAN_STRIDE) add(spans[i] ?? 0);
    for (let i = 0; counter !== undefined && i < counter.length; i += 2) add(counter[i] ?? 0);
  }
  for (const operation of trace.operations) add(operation.startTick);
  return starts;
}

import type { DramSystem } from '../system.js';
import type { LineTrace } from './formulas.js';

export interface DriverOptions {
  /** Most accesses offered per cycle. */
  readonly perCycle: number;
  /** Access i is not offered before cycle floor(i / burst) * gap. */
  readonly burst: number;
  readonly gapCycles: number;
  /** A run longer than this is ended (a controller that starves requests would never end). */
  readonly maxCycles: number;
}

export interface DriverResult {
  /** Cycles in which the next access was due and refused. */
  readonly stallCycles: number;
  readonly lastAcceptCycle: number;
  /** Accesses that were accepted: less than the trace's length only when `maxCycles` was reached. */
  readonly accepted: number;
}

/** Offers a trace in order, one access waiting for the next, and runs until all is done. Jumps over idle cycles. */
export function driveTrace(system: DramSystem, trace: LineTrace, options: DriverOptions): DriverResult {
  const { perCycle, burst, gapCycles, maxCycles } = options;
  let cycle = 0;
  let stallCycles = 0;
  let lastAcceptCycle = 0;
  let i = 0;
  let sent = 0;
  let due = 0;
  if (trace.length > 0) trace.select(0);
  while (i < trace.length && cycle <= maxCycles) {
    if (due > cycle) {
      cycle = due;
      sent = 0;
    } else if (sent === perCycle) {
      cycle++;
      sent = 0;
    }
    if (system.accept(trace.line, trace.isWrite, i, cycle)) {
      sent++;
      lastAcceptCycle = cycle;
      if (++i === trace.length) break;
      trace.select(i);
      if (gapCycles > 0) due = Math.floor(i / burst) * gapCycles;
      continue;
    }
    // The channel of the refused access decides when it can be offered again: at its next event, not before.
    const next = Math.min(Math.max(cycle + 1, system.channels[system.locate(trace.line).channel]!.nextTick()), maxCycles + 1);
    stallCycles += next - cycle;
    cycle = next;
    sent = 0;
  }
  drain(system, maxCycles);
  return { stallCycles, lastAcceptCycle, accepted: i };
}

/** Runs every channel until it holds nothing that can still be carried out. */
function drain(system: DramSystem, maxCycles: number): void {
  for (const channel of system.channels) {
    while (channel.pending() > 0) {
      const next = channel.nextTick();
      if (next > maxCycles) break;
      channel.advance(next);
    }
  }
}

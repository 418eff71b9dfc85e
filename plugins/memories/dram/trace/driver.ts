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
  /** Cycle before which each access must not be offered; replaces `burst` and `gapCycles`. */
  readonly dueCycles?: Float64Array | undefined;
  /** Asked every BATCH accesses and ASK_CYCLES cycles; true ends the run. */
  readonly shouldStop?: ((accepted: number, cycle: number) => boolean) | undefined;
}

/** Accesses between two questions whether to stop. */
const BATCH = 1 << 16;
/** The same in cycles: a long wait for the next access is refresh after refresh. */
const ASK_CYCLES = 1 << 22;

export interface DriverResult {
  /** Cycles in which the next access was due and refused. */
  readonly stallCycles: number;
  readonly lastAcceptCycle: number;
  /** Accesses that were accepted: less than the trace's length only when `maxCycles` was reached. */
  readonly accepted: number;
}

/** Offers a trace in order, one access waiting for the next, and runs until all is done. Jumps over idle cycles. */
export function driveTrace(system: DramSystem, trace: LineTrace, options: DriverOptions): DriverResult {
  const { perCycle, burst, gapCycles, maxCycles, dueCycles, shouldStop } = options;
  let cycle = 0;
  let stallCycles = 0;
  let lastAcceptCycle = 0;
  let sent = 0;
  let askedAt = 0;
  let i = 0;
  for (; i < trace.length; i++) {
    trace.select(i);
    const place = system.locate(trace.line);
    const channel = system.channels[place.channel]!;
    const due = dueCycles !== undefined ? dueCycles[i]! : gapCycles > 0 ? Math.floor(i / burst) * gapCycles : 0;
    if (due > cycle) {
      cycle = due;
      sent = 0;
    } else if (sent === perCycle) {
      cycle++;
      sent = 0;
    }
    if (cycle > maxCycles) break;
    channel.advance(cycle);
    while (!channel.accept(place.bank, place.row, place.column, trace.isWrite, i, cycle)) {
      // Only an event of its channel can make room for the refused access: offer it again then, not before.
      const next = Math.min(Math.max(cycle + 1, channel.nextTick()), maxCycles + 1);
      stallCycles += next - cycle;
      cycle = next;
      sent = 0;
      if (cycle > maxCycles) return { stallCycles, lastAcceptCycle, accepted: i };
      channel.advance(cycle);
    }
    sent++;
    lastAcceptCycle = cycle;
    if (i % BATCH !== BATCH - 1 && cycle - askedAt < ASK_CYCLES) continue;
    askedAt = cycle;
    if (shouldStop?.(i, cycle) === true) break;
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

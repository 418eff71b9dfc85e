/** The settings of `kind: memory-trace` that the benchmarks use: reads of lines of 64 bytes, one after the other or random ones of a region. */
export interface TraceSettings {
  readonly trace:
    | { readonly kind: 'seq'; readonly n: number; readonly base: number }
    /** `m`: lines of the region, a power of two. `seed`: state of the generator before the first access. */
    | { readonly kind: 'rand'; readonly n: number; readonly seed: number; readonly m: number };
  /** Cycles from one request to the next; absent: as fast as they are taken. */
  readonly gapCycles?: number;
}

export type TracePeer = 'ramulator2' | 'dramsim3';

const LINE_BYTES = 64;

/** The same requests in the text form of a peer: `LD 0x40` (Ramulator 2), `0x40 READ 200` (DRAMsim3; the last is the cycle). */
export function requestLines({ trace, gapCycles = 0 }: TraceSettings, peer: TracePeer): string[] {
  let state = trace.kind === 'rand' ? trace.seed : 0;
  return Array.from({ length: trace.n }, (_, i) => {
    if (trace.kind === 'rand') state = xorshift32(state);
    const line = trace.kind === 'rand' ? (state & (trace.m - 1)) >>> 0 : trace.base + i;
    const address = `0x${(line * LINE_BYTES).toString(16)}`;
    return peer === 'ramulator2' ? `LD ${address}` : `${address} READ ${i * gapCycles}`;
  });
}

function xorshift32(state: number): number {
  let x = state;
  x ^= x << 13;
  x ^= x >>> 17;
  x ^= x << 5;
  return x >>> 0;
}

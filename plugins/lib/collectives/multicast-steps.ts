import type { CollectiveStep } from 'tessera-sim';

/** Everybody but `from`, its own next first, so that not all engines begin at the same memory. */
export function others(p: number, from: number): number[] {
  return Array.from({ length: p - 1 }, (_, index) => (from + index + 1) % p);
}

/** Everybody reads his part once and writes it to all others: a multicast each. */
export function* multicastAllGather(p: number): Generator<CollectiveStep> {
  for (let from = 0; from < p; from++) yield { from, to: others(p, from), first: from, end: from + 1, action: 'copy' };
}

import { TransactionKind, type Port, type ResolvedRegion, type Transaction } from 'tessera-sim';
import type { BurstPlace } from './burst-cutter.js';
import type { BurstSlot } from './descriptor.js';
import type { Requests } from './requests.js';

/** A read of a reduction that waits for its port and for the data path. */
export interface QueuedRead {
  readonly port: Port;
  readonly request: Transaction;
}

/** Sources behind each port, in the order in which they are named. */
function byPort<T extends { readonly memory: number }>(sources: readonly T[], requests: Requests): Map<Port, T[]> {
  const found = new Map<Port, T[]>();
  for (const source of sources) {
    const port = requests.portTo(source.memory);
    const others = found.get(port);
    if (others === undefined) found.set(port, [source]);
    else others.push(source);
  }
  return found;
}

/** Largest burst of a reduction: what the networks that will combine it can take. */
export function reductionBurstBytes(regions: readonly ResolvedRegion[], limitBytes: number, requests: Requests): number {
  let bytes = limitBytes;
  for (const [port, sources] of byPort(regions, requests)) {
    if (sources.length > 1 && port.reducesBytes > 0) bytes = Math.min(bytes, port.reducesBytes);
  }
  return bytes;
}

/**
 * The reads of one burst of a reduction: one for all memories behind a port whose network combines the responses, else one for
 * each, and the engine adds what comes into the buffer of the burst.
 */
export function gatheringReads(places: readonly BurstPlace[], slot: BurstSlot, requests: Requests): QueuedRead[] {
  return [...byPort(places, requests)].flatMap(([port, sources]) => {
    if (sources.length > 1 && port.reducesBytes > 0) return [{ port, request: requests.makeGroup(TransactionKind.read, sources, slot) }];
    return sources.map((place) => ({ port, request: requests.make(TransactionKind.read, place, slot) }));
  });
}

import { BoxSet, type Box } from 'tessera-sim';
import type { Worker } from 'tessera-sim/mapping';
import { bytesOfAccess, type Item, type ItemAccess } from './items.js';

/** Contents that are dead once an item has ended. */
export interface DeadRegion {
  readonly worker: Worker;
  readonly tensor: string;
  readonly box: Box;
}

/** The room that a tensor takes in a worker's memory. */
export interface ResidentTensor {
  readonly worker: Worker;
  readonly tensor: string;
  readonly peakBytes: number;
}

export interface Lifetimes {
  /** By position of the item. */
  readonly releases: readonly (readonly DeadRegion[])[];
  readonly residents: readonly ResidentTensor[];
}

/** Regions are rounded up to bytes one by one; formats below a byte may round this much more than their sum. */
const ROUNDING_SLACK_BYTES = 64;

/**
 * Finds the last use of everything in the local memories, by a walk from the end (what is touched and never read after
 * is dead), and the largest content of each tensor's buffer in program order.
 */
export function lifetimesOf(items: readonly Item[]): Lifetimes {
  const releases = lastUses(items);
  const held = new Map<string, { worker: Worker; tensor: string; set: BoxSet; bitsPerElement: number; peak: number }>();
  items.forEach((item, index) => {
    for (const write of item.writes) {
      if (write.worker === undefined) continue;
      const key = keyOf(write.worker, write.tensor);
      let entry = held.get(key);
      if (entry === undefined)
        held.set(
          key,
          (entry = { worker: write.worker, tensor: write.tensor, set: new BoxSet(Object.keys(write.box)), bitsPerElement: write.storedBits, peak: 0 }),
        );
      entry.set.add(write.box);
      entry.peak = Math.max(entry.peak, entry.set.volume);
    }
    for (const { worker, tensor, box } of releases[index] ?? []) held.get(keyOf(worker, tensor))?.set.remove(box);
  });
  const residents = [...held.values()].map(({ worker, tensor, bitsPerElement, peak }) => {
    const bytes = Math.ceil((peak * bitsPerElement) / 8);
    return { worker, tensor, peakBytes: bytes + (bitsPerElement % 8 === 0 ? 0 : ROUNDING_SLACK_BYTES) };
  });
  return { releases, residents };
}

function lastUses(items: readonly Item[]): DeadRegion[][] {
  const needed = new Map<string, BoxSet>();
  const releases: DeadRegion[][] = items.map(() => []);
  const setOf = (worker: Worker, { tensor, box }: ItemAccess): BoxSet => {
    const key = keyOf(worker, tensor);
    let set = needed.get(key);
    if (set === undefined) needed.set(key, (set = new BoxSet(Object.keys(box))));
    return set;
  };
  for (let index = items.length - 1; index >= 0; index--) {
    const { reads, writes } = items[index] as Item;
    for (const touched of [...writes, ...reads]) {
      if (touched.worker === undefined) continue;
      for (const box of setOf(touched.worker, touched).missing(touched.box)) releases[index]!.push({ worker: touched.worker, tensor: touched.tensor, box });
    }
    for (const write of writes) if (write.worker !== undefined) setOf(write.worker, write).remove(write.box);
    for (const read of reads) if (read.worker !== undefined) setOf(read.worker, read).add(read.box);
  }
  return releases;
}

/** Names a tensor in a worker's memory. */
export function keyOf(worker: Worker, tensor: string): string {
  return `${tensor}@${worker.name}`;
}

/** Bytes that a stack moves to and from the home memory. */
export function homeTraffic(items: readonly Item[]): number {
  let bytes = 0;
  for (const { reads, writes } of items) {
    for (const access of [...reads, ...writes]) if (access.worker === undefined) bytes += bytesOfAccess(access);
  }
  return bytes;
}

import type { ResolvedRegion } from 'tessera-sim';
import type { BurstList, Gate } from './burst-list.js';

/** More planes than this in one share are sent as one burst with the pitch of the rows: right in bytes, not in addresses. */
const MAX_PLANES_PER_SHARE = 4;

/** True when the bytes of a region follow each other without a gap. */
export function isDense(region: ResolvedRegion): boolean {
  return region.planes === 1 && (region.rows === 1 || region.pitchBytes === region.rowBytes);
}

/**
 * Adds share `index` of `shares` equal shares of a region, cut at bytes for a dense region and at rows for a strided one, so
 * that the shares together are the region exactly.
 *
 * @param headBytes bytes at the start of the share that go into a burst of their own with gate `headGate` (0: none)
 */
export function addShare(
  out: BurstList,
  region: ResolvedRegion,
  index: number,
  shares: number,
  headBytes: number,
  headGate: Gate,
  gate: Gate,
  lateClass: number,
  stream: number,
): void {
  if (!isDense(region)) {
    const rows = region.rows * region.planes;
    addRows(out, region, Math.floor((rows * index) / shares), Math.floor((rows * (index + 1)) / shares), gate, lateClass, stream);
    return;
  }
  const low = Math.floor((region.bytes * index) / shares);
  const high = Math.floor((region.bytes * (index + 1)) / shares);
  const middle = Math.min(high, low + headBytes);
  out.add(region.memory, region.address + low, middle - low, 1, 0, headGate, lateClass, stream);
  out.add(region.memory, region.address + middle, high - middle, 1, 0, gate, lateClass, stream);
}

/** Adds rows `[low, high)` of a strided region, numbered through its planes. */
function addRows(out: BurstList, region: ResolvedRegion, low: number, high: number, gate: Gate, lateClass: number, stream: number): void {
  const { rows, rowBytes, pitchBytes, planePitchBytes, address, memory } = region;
  const firstPlane = Math.floor(low / rows);
  if (Math.ceil(high / rows) - firstPlane > MAX_PLANES_PER_SHARE) {
    out.add(memory, address + firstPlane * planePitchBytes, rowBytes, high - low, pitchBytes, gate, lateClass, stream);
    return;
  }
  for (let row = low; row < high;) {
    const plane = Math.floor(row / rows);
    const end = Math.min(high, (plane + 1) * rows);
    const start = address + plane * planePitchBytes + (row - plane * rows) * pitchBytes;
    out.add(memory, start, rowBytes, end - row, pitchBytes, gate, lateClass, stream);
    row = end;
  }
}

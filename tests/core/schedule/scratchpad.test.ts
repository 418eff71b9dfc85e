import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Scratchpad, type PlacementPolicy } from '../../../core/schedule/resolve/scratchpad.js';

describe('scratchpad', () => {
  it('first fit takes the lowest hole, best fit the smallest', () => {
    const place = (policy: PlacementPolicy): number | undefined => {
      const pad = new Scratchpad(100, policy);
      for (const bytes of [30, 10, 20, 10]) pad.allocate(bytes);
      pad.free(0);
      pad.free(40);
      return pad.allocate(15);
    };
    expect([place('first-fit'), place('best-fit')]).toEqual([0, 40]);
  });

  it('takes a given address if it is free, aligned and inside', () => {
    const pad = new Scratchpad(128, 'first-fit', 16);
    expect(pad.allocateAt(32, 20)).toBe(true);
    expect(pad.allocateAt(48, 16)).toBe(false);
    expect(pad.allocateAt(72, 8)).toBe(false);
    expect(pad.allocateAt(112, 32)).toBe(false);
    expect(pad.allocate(40)).toBe(64);
  });

  it('shows fragmentation: enough bytes, no hole', () => {
    const pad = new Scratchpad(100);
    for (let i = 0; i < 10; i++) pad.allocate(10);
    for (let address = 0; address < 100; address += 20) pad.free(address);
    expect(pad.allocate(20)).toBeUndefined();
    expect(pad.figures()).toEqual({ usedBytes: 50, freeBytes: 50, largestHoleBytes: 10, holes: 5, fragmentation: 0.8, peakBytes: 100, highWaterBytes: 100 });
  });

  it('refuses nonsense', () => {
    expect(() => new Scratchpad(0)).toThrow(RangeError);
    expect(() => new Scratchpad(10).allocate(0)).toThrow(/buffer of 0 bytes/);
    expect(() => new Scratchpad(10).free(3)).toThrow(/no buffer starts at address 3/);
  });

  it('agrees with a map of bytes on random traffic', () => {
    const step = fc.record({ free: fc.boolean(), pick: fc.nat(20), bytes: fc.integer({ min: 1, max: 30 }), at: fc.option(fc.nat(63)) });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.constantFrom<PlacementPolicy>('first-fit', 'best-fit'),
        fc.constantFrom(1, 4),
        (steps, policy, align) => {
          const pad = new Scratchpad(64, policy, align);
          const owner = new Array<number>(64).fill(-1);
          const live: [address: number, bytes: number][] = [];
          steps.forEach(({ free, pick, bytes, at }, id) => {
            if (free && live.length > 0) {
              const [[address, size] = [0, 0]] = live.splice(pick % live.length, 1);
              pad.free(address);
              owner.fill(-1, address, address + size);
            } else if (!free) {
              const size = Math.ceil(bytes / align) * align;
              const expected = at === null ? expectedPlace(owner, size, policy, align) : isFree(owner, at, size, align) ? at : undefined;
              const placed = at === null ? pad.allocate(bytes) : pad.allocateAt(at, bytes) ? at : undefined;
              expect(placed).toBe(expected);
              if (placed !== undefined) {
                owner.fill(id, placed, placed + size);
                live.push([placed, size]);
              }
            }
            expect(pad.figures().usedBytes).toBe(owner.filter((o) => o >= 0).length);
            expect(pad.figures().holes).toBe(holesOf(owner).length);
          });
        },
      ),
      { numRuns: 300 },
    );
  });
});

function isFree(owner: readonly number[], address: number, bytes: number, align: number): boolean {
  return address % align === 0 && address + bytes <= owner.length && owner.slice(address, address + bytes).every((o) => o < 0);
}

function holesOf(owner: readonly number[]): { address: number; bytes: number }[] {
  const holes: { address: number; bytes: number }[] = [];
  owner.forEach((o, address) => {
    if (o >= 0) return;
    if (address > 0 && owner[address - 1]! < 0) holes[holes.length - 1]!.bytes++;
    else holes.push({ address, bytes: 1 });
  });
  return holes;
}

function expectedPlace(owner: readonly number[], size: number, policy: PlacementPolicy, align: number): number | undefined {
  const fitting = holesOf(owner).filter((hole) => hole.bytes >= size && isFree(owner, hole.address, size, align));
  if (policy === 'best-fit') fitting.sort((a, b) => a.bytes - b.bytes || a.address - b.address);
  return fitting[0]?.address;
}

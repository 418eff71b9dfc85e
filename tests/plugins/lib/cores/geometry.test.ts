import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ResolvedRegion } from '../../../../core/index.js';
import { addShare, BurstList, Gate, OperandMatrix, StallClass } from '../../../../plugins/lib/cores/index.js';

function region(more: Partial<ResolvedRegion>): ResolvedRegion {
  const { rowBytes = 64, rows = 1, planes = 1 } = more;
  const pitchBytes = more.pitchBytes ?? rowBytes;
  const bytes = rowBytes * rows * planes;
  return {
    operand: 'I',
    tensor: 'T',
    format: 'int8',
    bitsPerElement: 8,
    elements: bytes,
    memory: 3,
    address: 1000,
    rowBytes,
    rows,
    pitchBytes,
    planes,
    planePitchBytes: more.planePitchBytes ?? rows * pitchBytes,
    bytes,
    ...more,
  };
}

/** Every byte address of the listed bursts, sorted. */
function addresses(list: BurstList): number[] {
  const all: number[] = [];
  for (let i = 0; i < list.length; i++) {
    for (let row = 0; row < list.rows[i]!; row++) {
      for (let byte = 0; byte < list.rowBytes[i]!; byte++) all.push(list.address[i]! + row * list.pitchBytes[i]! + byte);
    }
  }
  return all.sort((a, b) => a - b);
}

function addressesOf(of: ResolvedRegion): number[] {
  const all: number[] = [];
  for (let plane = 0; plane < of.planes; plane++) {
    for (let row = 0; row < of.rows; row++) {
      for (let byte = 0; byte < of.rowBytes; byte++) all.push(of.address + plane * of.planePitchBytes + row * of.pitchBytes + byte);
    }
  }
  return all.sort((a, b) => a - b);
}

describe('shares of a region', () => {
  it('are together the region, byte for byte, dense or strided', () => {
    const shapes = fc.record({
      rowBytes: fc.integer({ min: 1, max: 20 }),
      rows: fc.integer({ min: 1, max: 6 }),
      gap: fc.integer({ min: 0, max: 9 }),
      planes: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(shapes, fc.integer({ min: 1, max: 7 }), fc.integer({ min: 0, max: 30 }), ({ rowBytes, rows, gap, planes }, shares, headBytes) => {
        const of = region({ rowBytes, rows, pitchBytes: rowBytes + gap, planes, planePitchBytes: rows * (rowBytes + gap) + 5 });
        const found: number[] = [];
        for (let share = 0; share < shares; share++) {
          const list = new BurstList();
          addShare(list, of, share, shares, share === 0 ? headBytes : 0, Gate.start, Gate.end, StallClass.waitInput, 0);
          found.push(...addresses(list));
        }
        expect(found.sort((a, b) => a - b)).toEqual(addressesOf(of));
      }),
      { numRuns: 200 },
    );
  });
});

describe('slices of an operand matrix', () => {
  it('tile the matrix exactly', () => {
    const size = fc.integer({ min: 1, max: 24 });
    const step = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(size, size, step, step, fc.integer({ min: 1, max: 3 }), (vectors, width, vectorStep, widthStep, groups) => {
        const of = region({ rowBytes: groups * vectors * width });
        const matrix = new OperandMatrix(StallClass.waitInput, 0);
        matrix.load(of, vectors, width, 8, groups);
        const found: number[] = [];
        for (let group = 0; group < groups; group++) {
          for (let v = 0; v < vectors; v += vectorStep) {
            for (let e = 0; e < width; e += widthStep) {
              const list = new BurstList();
              matrix.slice(list, group, v, Math.min(vectorStep, vectors - v), e, Math.min(widthStep, width - e), Gate.end);
              found.push(...addresses(list));
            }
          }
        }
        expect(found.sort((a, b) => a - b)).toEqual(addressesOf(of));
      }),
      { numRuns: 200 },
    );
  });

  it('join rows that leave no gap, and keep the pitch of those that do', () => {
    const matrix = new OperandMatrix(StallClass.waitInput, 0);
    matrix.load(region({ rowBytes: 16 * 32 }), 16, 32, 8, 1);
    const list = new BurstList();
    matrix.slice(list, 0, 2, 4, 0, 32, Gate.end);
    matrix.slice(list, 0, 2, 4, 8, 16, Gate.start);
    const burst = (i: number): number[] => [list.address[i]!, list.rowBytes[i]!, list.rows[i]!, list.pitchBytes[i]!, list.gate[i]!];
    expect(burst(0)).toEqual([1000 + 64, 128, 1, 0, Gate.end]);
    expect(burst(1)).toEqual([1000 + 64 + 8, 16, 4, 32, Gate.start]);
  });
});

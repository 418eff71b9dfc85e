import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Extent } from '../../../core/schedule/resolve/extent.js';
import { geometryOf } from '../../../core/schedule/resolve/geometry.js';

/** A frame of the given number of dimensions and a box inside of it that is not empty. */
const boxes = (dims: number) =>
  fc
    .array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.nat({ max: 4 }), fc.nat({ max: 4 }), fc.integer({ min: 0, max: 3 })), {
      minLength: dims,
      maxLength: dims,
    })
    .map((sizes) => {
      const frame: Extent = { low: sizes.map(([, , , start]) => start), high: sizes.map(([size, , , start]) => start + size) };
      const low = sizes.map(([size, from, , start]) => start + (from % size));
      const box: Extent = { low, high: sizes.map(([size, , length, start], d) => low[d]! + 1 + (length % (start + size - low[d]!))) };
      return { frame, box };
    });

/** Places of the box's elements in the frame, one after the other. */
function placesOf(frame: Extent, box: Extent): number[] {
  let places = [0];
  for (let d = 0; d < frame.low.length; d++) {
    const steps = Array.from({ length: box.high[d]! - box.low[d]! }, (_, i) => box.low[d]! + i - frame.low[d]!);
    places = places.flatMap((place) => steps.map((step) => place * (frame.high[d]! - frame.low[d]!) + step));
  }
  return places;
}

describe('geometryOf', () => {
  it('visits the very bytes of a box of up to three dimensions', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }).chain(boxes), fc.constantFrom(1, 2, 4), ({ frame, box }, bytes) => {
        const { offset, rowBytes, rows, pitchBytes, planes, planePitchBytes } = geometryOf(frame, box, bytes * 8);
        const visited: number[] = [];
        for (let plane = 0; plane < planes; plane++) {
          for (let row = 0; row < rows; row++) {
            for (let byte = 0; byte < rowBytes; byte++) visited.push(offset + plane * planePitchBytes + row * pitchBytes + byte);
          }
        }
        expect(visited).toEqual(placesOf(frame, box).flatMap((place) => Array.from({ length: bytes }, (_, i) => place * bytes + i)));
      }),
      { numRuns: 500 },
    );
  });

  it('keeps the number of bytes, and one run for a whole frame, whatever the dimensions', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 6 }).chain(boxes), ({ frame, box }) => {
        const { rowBytes, rows, planes } = geometryOf(frame, box, 8);
        expect(rowBytes * rows * planes).toBe(placesOf(frame, box).length);
        const whole = geometryOf(frame, frame, 8);
        expect([whole.offset, whole.rowBytes, whole.rows, whole.planes]).toEqual([0, placesOf(frame, frame).length, 1, 1]);
      }),
    );
  });
});

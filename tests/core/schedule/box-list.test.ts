import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoxList } from '../../../core/schedule/resolve/box-list.js';
import { Found, type Boxed } from '../../../core/schedule/resolve/boxed.js';
import { overlaps, type Extent } from '../../../core/schedule/resolve/extent.js';
import { RandomStream } from '../../../core/kernel/random.js';
import { caseCount } from '../../many.js';

class Item implements Boxed {
  label = 0;
  stamp = 0;
  before: Item | undefined = undefined;
  after: Item | undefined = undefined;

  constructor(public extent: Extent) {}
}

const SIZE = 64;
const whole: Extent = { low: [0, 0], high: [SIZE, SIZE] };

/** A box that may leave the space: mostly small, now and then a slab. */
function randomBox(random: RandomStream): Extent {
  const most = random.below(10) === 0 ? SIZE : 1 + random.below(4);
  const low = [0, 1].map(() => random.below(SIZE + 8) - 4);
  return { low, high: low.map((from) => from + 1 + random.below(most)) };
}

describe('a list of boxes', () => {
  it('finds what a walk over all of them finds, in the order of the list, whatever is added, removed and resized', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 }), (seed) => {
        const random = new RandomStream(seed, 'boxes');
        const list = new BoxList<Item>(whole);
        const plain: Item[] = [];
        const found = new Found<Item>();
        for (let step = 0; step < 400; step++) {
          const at = plain.length === 0 ? -1 : random.below(plain.length);
          const action = random.below(8);
          if (action < 5 || at < 0) {
            const item = new Item(randomBox(random));
            const behind = action < 3 || at < 0 ? plain.length - 1 : at;
            list.insertAfter(plain[behind], item);
            plain.splice(behind + 1, 0, item);
          } else if (action === 5) {
            list.remove(plain[at]!);
            plain.splice(at, 1);
          } else if (action === 6) list.resize(plain[at]!, randomBox(random));
          else if (random.below(100) === 0) {
            list.clear();
            plain.length = 0;
          }
          const wanted = randomBox(random);
          list.overlapping(wanted, found);
          expect(found.items.slice(0, found.count)).toEqual(plain.filter(({ extent }) => overlaps(extent, wanted)));
        }
        expect(list.size).toBe(plain.length);
      }),
      { numRuns: caseCount(60, 6) },
    );
  });

  it('takes as long for one box whether there are a thousand or fifty thousand', () => {
    const list = new BoxList<Item>({ low: [0], high: [1_000_000] });
    const found = new Found<Item>();
    const looked: number[] = [];
    for (let i = 0; i < 50_000; i++) {
      list.push(new Item({ low: [i * 2], high: [i * 2 + 1] }));
      if (i !== 1000 && i !== 49_999) continue;
      let touched = 0;
      list.overlapping(new Proxy({ low: [i], high: [i + 4] }, { get: (target, key) => (touched++, target[key as keyof Extent]) }), found);
      looked.push(touched);
      expect(found.count).toBe(2);
    }
    expect(looked[1]).toBeLessThan(looked[0]! * 3);
  });
});

import { expect, it } from 'vitest';
import { LazyRegion, resolveRegion } from '../../../core/schedule/resolve/region.js';
import { Places } from '../../../core/schedule/resolve/places.js';
import { smallInteger } from '../../../core/workload/small-integer.js';

const ENVIRONMENT = { memoryId: () => 3, capacityBytes: () => 4096, bitsPerElement: () => ({ payload: 4, stored: 4.5 }), now: () => 0 };

it('a region that is laid out when somebody asks is the one that is laid out at once', () => {
  const header = {
    tensors: { X: { dims: { K: 32, Y: 16 }, format: 'int4', home: 'dram', role: 'input' as const } },
    buffers: { b: { memory: 'l1', bytes: 512 } },
  };
  const places = new Places({ name: 'regions', ...header }, ENVIRONMENT);
  const tensor = places.tensor('X', 'test');
  for (const place of [tensor.home, places.buffer('b', 'test').place]) {
    for (const extent of [tensor.whole, { low: [4, 2], high: [20, 9] }]) {
      const elements = (extent.high[0]! - extent.low[0]!) * (extent.high[1]! - extent.low[1]!);
      const wanted = resolveRegion('I', tensor, place, extent, elements, undefined, 4096);
      const lazy = new LazyRegion('I', tensor, place, extent, elements, undefined, () => 4096);
      for (const key of Object.keys(wanted) as (keyof typeof wanted)[]) expect(lazy[key], key).toEqual(wanted[key]);
    }
  }
});

it('a small integer is the number that it was', () => {
  for (const value of [0, 7, -3, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 40, 0.5, Infinity]) expect(smallInteger(value)).toBe(value);
  expect(smallInteger(NaN)).toBeNaN();
});

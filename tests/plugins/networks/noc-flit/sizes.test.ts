import { describe, expect, it } from 'vitest';
import { buildNetwork } from '../../../../plugins/networks/noc-flit/api.js';

describe('a network that no machine can hold is refused before it is built', () => {
  it.each([
    ['mesh', { k: 4096, n: 2 }, '16,777,216 routers'],
    ['torus', { k: 1024, n: 2, concentration: 2 }, '2,097,152 nodes'],
    ['cmesh', { k: 1024, c: 4 }, '4,194,304 nodes'],
    ['fly', { k: 2, n: 21 }, '22,020,096 routers'],
    ['tree', { k: 4, n: 11 }, '4,194,304 nodes'],
    ['fattree', { k: 2, n: 20 }, '10,485,760 routers'],
  ])('%s', (topology, options, size) => {
    expect(() => buildNetwork({ topology, options }, () => 0)).toThrow(`a ${topology} of ${size} is too large`);
  });

  it('buffers count, too', () => {
    expect(() => buildNetwork({ topology: 'mesh', options: { k: 32, n: 2 }, router: { numVcs: 31, vcBufferFlits: 4096 } }, () => 0)).toThrow(
      /a network of [\d.]+ GiB is too large; expected at most 1 GiB/,
    );
  });
});

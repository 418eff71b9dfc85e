import { describe, expect, it } from 'vitest';
import { checkTileCount, tilesOf } from '../../../../plugins/lib/mapping/index.js';

describe('tiles', () => {
  it('are made one by one: the first of very many costs what the first of few does', () => {
    const tiles = tilesOf({ OY: [0, 32e9], K: [0, 5] }, { OY: 3, K: 2 }, ['OY', 'K']);
    const first = Array.from({ length: 4 }, () => tiles.next().value as unknown);
    expect(first).toEqual([
      { OY: [0, 3], K: [0, 2] },
      { OY: [0, 3], K: [2, 4] },
      { OY: [0, 3], K: [4, 5] },
      { OY: [3, 6], K: [0, 2] },
    ]);
  });

  it('beyond count are refused', () => {
    expect(() => checkTileCount('conv1', 1e10)).not.toThrow();
    expect(() => checkTileCount('conv1', 2e10)).toThrow('layer conv1: it is cut into 20000000000 tiles; expected at most 10000000000');
  });
});

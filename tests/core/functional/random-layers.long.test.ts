import { describe, it } from 'vitest';
import { expectRightValues, MAPPED_CASES } from './cases.js';

const LAYERS = 200;

describe('values of random small layers, bit by bit', () => {
  it.each(MAPPED_CASES)('$name', async (mapped) => {
    for (let seed = 0; seed < LAYERS; seed++) await expectRightValues(mapped, seed);
  });
});

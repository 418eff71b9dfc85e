import { describe, it } from 'vitest';
import { expectRightValues, MAPPED_CASES } from './cases.js';

describe('values of random small layers', () => {
  it.each(MAPPED_CASES.filter((_, index) => index % 5 === 0))('$name', async (mapped) => {
    for (const seed of [5, 44]) await expectRightValues(mapped, seed);
  });
});

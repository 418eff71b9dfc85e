import { it } from 'vitest';
import { expectRightValues, MAPPED_CASES } from './cases.js';

it('divided along K', async () => {
  for (const mapped of MAPPED_CASES.filter(({ name }) => name.includes('divided along K')))
    for (let seed = 0; seed < 200; seed++) await expectRightValues(mapped, seed);
}, 900000);

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { crosscheckDigests, scenarioDigests } from '../../tools/digests/measure.js';

const kept = JSON.parse(readFileSync('tests/golden/digests.json', 'utf8')) as Record<'scenarios' | 'crosscheck', object>;
const silent = (): void => {};

/** What `npm run digests` compares: no result of the repository changes unnoticed. */
describe('digests of tests/golden/digests.json', { timeout: 600_000 }, () => {
  it('are those of every scenario and suite', async () => {
    expect(await scenarioDigests(silent)).toEqual(kept.scenarios);
  });

  it('are those of every reference file', async () => {
    expect(await crosscheckDigests(silent)).toEqual(kept.crosscheck);
  });
});

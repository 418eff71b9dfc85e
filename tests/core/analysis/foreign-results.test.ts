import { expect, it } from 'vitest';
import { networkMaps } from '../../../core/analysis/network-maps.js';
import { networkStalls } from '../../../core/analysis/stall-causes.js';
import type { ExperimentResult } from '../../../core/index.js';

/** As documents that were read from files have them: without a prototype, so that nothing turns them into text or a number. */
const bare = (): object => Object.create(null) as object;

it('mappings in the place of names and numbers of a network are left alone', () => {
  const tables = {
    routers: [
      { x: bare(), y: 0, nodes: [bare(), 1] },
      { x: 1, y: 0, nodes: bare() },
    ],
    links: [{ from: 0, to: 1, label: [bare()], utilisation: 0.5, vcFlits: [bare(), 3] }],
    curve: [{ load: bare(), flitHops: bare() }, { load: 0.2 }],
  };
  const result = { kind: 'experiment', tables, metrics: {} } as unknown as ExperimentResult;
  expect(networkMaps(result)[0]!.links).toMatchObject([{ from: 0, to: 1, label: '', utilisation: 0.5 }]);
  expect(networkStalls(result)).toEqual([]);
});

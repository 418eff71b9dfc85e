import path from 'node:path';
import type { Benchmark, Prepared, Setup } from '../benchmark.js';
import { costsOf } from '../costs.js';
import { figures, type Contender, type Samples } from '../measure/interleave.js';
import { requireSuccess, timedProcess } from '../measure/process.js';
import { median, medianRatio, pairwise, spreadOf } from '../measure/statistics.js';
import type { Findings } from '../report.js';

const POINTS = 100;
const WORKERS = 2;
/** A point of the tiny suite may cost so much with all that it does. */
const BAR_MS = 15;
const BAR_SPEEDUP = 1.7;

const ALONE = 'suite of 100 points, one after the other';
const POOL = `suite of 100 points, pool of ${WORKERS}`;
const TINY = { alone: 'suite of 100 tiny points, one after the other', pool: `suite of 100 tiny points, pool of ${WORKERS}` } as const;
const SINGLE = { alone: 'suite of one tiny point, one after the other', pool: `suite of one tiny point, pool of ${WORKERS}` } as const;

/** A pool of workers against one process, and what a suite spends on a point. */
export const suiteBench: Benchmark = {
  name: 'suite',
  summary: `\`tessera suite\` on ${POINTS} short points, one after the other and in a pool of ${WORKERS} workers, by the wall clock, starting of workers included; and on ${POINTS} points of ten operations. The cost of a tiny point is the CPU time of the whole suite, workers included, less that of a suite of one such point, by the points between: it still holds loading, preparing and running ten operations, so the overhead of the suite is less.`,
  prepare,
};

function prepare(setup: Setup): Prepared {
  const short = path.join(setup.scenarios, 'hundred-points.suite.yaml');
  const tiny = path.join(setup.scenarios, 'hundred-tiny-points.suite.yaml');
  const single = path.join(setup.scenarios, 'ten-operations.yaml');
  const pool = ['--jobs', String(WORKERS)];
  const onePool = ['--runner', 'pool', '--jobs', '1'];
  const contenders = [
    suiteContender(setup, ALONE, short),
    suiteContender(setup, POOL, short, ...pool),
    suiteContender(setup, TINY.alone, tiny),
    suiteContender(setup, SINGLE.alone, single),
    suiteContender(setup, TINY.pool, tiny, ...pool),
    suiteContender(setup, SINGLE.pool, single, ...onePool),
  ];
  return { contenders, summarise: (samples) => summarise(samples, contenders) };
}

function suiteContender({ own, root }: Setup, key: string, file: string, ...flags: string[]): Contender {
  const command = own.command('suite', file, ...flags);
  return {
    key,
    run: () => {
      const startedAt = performance.now();
      const { cpuSeconds } = requireSuccess(timedProcess(command, root), command);
      return { process: cpuSeconds, wall: (performance.now() - startedAt) / 1000 };
    },
  };
}

function summarise(samples: Samples, contenders: readonly Contender[]): Findings {
  const [alone, pool] = [ALONE, POOL].map((key) => figures(samples, key, 'wall')) as [number[], number[]];
  const tinyAlone = pointMs(samples, TINY.alone, SINGLE.alone);
  const tinyPool = pointMs(samples, TINY.pool, SINGLE.pool);
  const limit = (ms: readonly number[]): number => BAR_MS / median(ms);
  return {
    measurements: {
      ...Object.assign({}, ...contenders.map(({ key }) => costsOf(samples, key, key))),
      [`${ALONE}, wall clock`]: spreadOf(alone, 's'),
      [`${POOL}, wall clock`]: spreadOf(pool, 's'),
      'suite, a tiny point one after the other': spreadOf(tinyAlone, 'CPU ms'),
      'suite, a tiny point in the pool': spreadOf(tinyPool, 'CPU ms'),
    },
    ratios: [
      { name: POOL, against: 'one after the other', interleaved: true, scope: 'wall', value: medianRatio(pool, alone), bar: BAR_SPEEDUP },
      {
        name: 'suite, a tiny point one after the other',
        against: `limit of ${BAR_MS} CPU ms`,
        interleaved: true,
        scope: 'process',
        value: limit(tinyAlone),
        bar: 1,
      },
      { name: 'suite, a tiny point in the pool', against: `limit of ${BAR_MS} CPU ms`, interleaved: true, scope: 'process', value: limit(tinyPool), bar: 1 },
    ],
    stored: [],
    notes: [`${POOL}: the wall clock says something of the pool only where ${WORKERS} cores have nothing else to do.`],
  };
}

/** What each further point of the suite costs. */
function pointMs(samples: Samples, many: string, one: string): number[] {
  return pairwise(figures(samples, many, 'process'), figures(samples, one, 'process'), (all, single) => ((all - single) * 1000) / (POINTS - 1));
}

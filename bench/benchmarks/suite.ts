import path from 'node:path';
import type { Benchmark, Prepared, Setup } from '../benchmark.js';
import { costsOf } from '../costs.js';
import { figures, type Contender, type Samples } from '../measure/interleave.js';
import { requireSuccess, timedProcess } from '../measure/process.js';
import { median, medianRatio, pairwise, spreadOf } from '../measure/statistics.js';
import type { Findings } from '../report.js';

const POINTS = 100;
const WORKERS = 2;
/** A point may cost so much beyond its run; a tiny one with all that it does. */
const BAR_MS = 15;
const BAR_SPEEDUP = 1.7;

const ALONE = 'suite of 100 points, one after the other';
const POOL = `suite of 100 points, pool of ${WORKERS}`;
const TINY = { alone: 'suite of 100 tiny points, one after the other', pool: `suite of 100 tiny points, pool of ${WORKERS}` } as const;
const TWICE = { alone: 'suite of 200 tiny points, one after the other', pool: `suite of 200 tiny points, pool of ${WORKERS}` } as const;

/** A pool of workers against one process, and what a suite spends on a point. */
export const suiteBench: Benchmark = {
  name: 'suite',
  summary: `\`tessera suite\` on ${POINTS} short points, one after the other and in a pool of ${WORKERS} workers, by the wall clock, starting of workers included; and on ${POINTS} points of ten operations. The cost of a tiny point is what a second hundred of them adds to the CPU time of the whole suite, workers included. It still holds preparing and running ten operations, so the overhead of a point is less.`,
  prepare,
};

function prepare(setup: Setup): Prepared {
  const short = path.join(setup.scenarios, 'hundred-points.suite.yaml');
  const tiny = path.join(setup.scenarios, 'hundred-tiny-points.suite.yaml');
  const pool = ['--jobs', String(WORKERS)];
  const contenders = [
    suiteContender(setup, ALONE, short),
    suiteContender(setup, POOL, short, ...pool),
    suiteContender(setup, TINY.alone, tiny),
    suiteContender(setup, TWICE.alone, tiny, tiny),
    suiteContender(setup, TINY.pool, tiny, ...pool),
    suiteContender(setup, TWICE.pool, tiny, tiny, ...pool),
  ];
  return { contenders, summarise: (samples) => summarise(samples, contenders) };
}

function suiteContender({ own, root }: Setup, key: string, ...words: string[]): Contender {
  const command = own.command('suite', ...words);
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
  const tinyAlone = pointMs(samples, TWICE.alone, TINY.alone);
  const tinyPool = pointMs(samples, TWICE.pool, TINY.pool);
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

/** What a point of the second hundred costs: compiling is nearly done then. */
function pointMs(samples: Samples, twice: string, once: string): number[] {
  return pairwise(figures(samples, twice, 'process'), figures(samples, once, 'process'), (all, half) => ((all - half) * 1000) / POINTS);
}

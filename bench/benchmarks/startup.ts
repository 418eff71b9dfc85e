import path from 'node:path';
import { AGAINST_BAR, type Benchmark, type Prepared, type Setup } from '../benchmark.js';
import { costsOf, ratiosOf } from '../costs.js';
import type { TesseraBuild } from '../measure/build.js';
import { figures, type Contender, type Samples } from '../measure/interleave.js';
import { requireSuccess, timedProcess } from '../measure/process.js';
import { median, pairwise, spreadOf, type Spread } from '../measure/statistics.js';
import type { Findings, Ratio } from '../report.js';

/** What may be spent on ten operations: twice an empty Node process, and this much more. */
const LIMIT = { nodes: 2, seconds: 0.15 } as const;
const NODE = 'startup node -e 0';

interface Command {
  readonly name: string;
  readonly words: readonly string[];
}

export const startupBench: Benchmark = {
  name: 'startup',
  summary:
    'What a command costs before it simulates: `tessera --version` and a `tessera run` of ten operations, whole processes, also as multiples of `node -e 0`.',
  prepare,
};

function prepare(setup: Setup): Prepared {
  const { own, against, root, scenarios } = setup;
  const commands: readonly Command[] = [
    { name: 'startup tessera --version', words: ['--version'] },
    { name: 'startup tessera run of ten operations', words: ['run', path.join(scenarios, 'ten-operations.yaml'), '--json'] },
  ];
  const builds = against === undefined ? [own] : [own, against];
  const contenders = commands.flatMap(({ name, words }) => builds.map((build) => processContender(keyOf(name, build), build.command(...words), root)));
  return {
    contenders: [processContender(NODE, [process.execPath, '-e', '0'], root), ...contenders],
    summarise: (samples) => summarise(samples, commands, own, against),
  };
}

const keyOf = (name: string, build: TesseraBuild): string => `${name}: ${build.label}`;

function processContender(key: string, command: readonly string[], cwd: string): Contender {
  return { key, run: () => ({ process: requireSuccess(timedProcess(command, cwd), command).cpuSeconds }) };
}

function summarise(samples: Samples, commands: readonly Command[], own: TesseraBuild, against: TesseraBuild | undefined): Findings {
  const measurements: Record<string, Spread> = costsOf(samples, NODE, NODE);
  const ratios: Ratio[] = [];
  const nodeSeconds = figures(samples, NODE, 'process');
  for (const { name } of commands) {
    const key = keyOf(name, own);
    Object.assign(measurements, costsOf(samples, key, name));
    measurements[`${name}, multiples of node -e 0`] = spreadOf(
      pairwise(figures(samples, key, 'process'), nodeSeconds, (mine, node) => mine / node),
      'node -e 0',
    );
    if (against === undefined) continue;
    const other = keyOf(name, against);
    Object.assign(measurements, costsOf(samples, other, name, `, ${against.label}`));
    ratios.push(...ratiosOf(samples, { name, own: key, other, against: against.label, bar: AGAINST_BAR }));
  }
  const run = commands.at(-1)?.name ?? '';
  return { measurements, ratios: [limitRatio(run, figures(samples, keyOf(run, own), 'process'), nodeSeconds), ...ratios], stored: [], notes: [] };
}

/** The limit over what was used: at 1 it is just kept. */
function limitRatio(name: string, used: readonly number[], nodeSeconds: readonly number[]): Ratio {
  const value = median(pairwise(used, nodeSeconds, (mine, node) => (LIMIT.nodes * node + LIMIT.seconds) / mine));
  return { name, against: `limit of ${LIMIT.nodes} x node -e 0 + ${LIMIT.seconds} CPU s`, interleaved: true, scope: 'process', value, bar: 1 };
}

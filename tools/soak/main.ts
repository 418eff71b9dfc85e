import { parseArgs } from 'node:util';
import { digestOf } from 'tessera-sim';
import type { RouterParameters } from 'tessera-sim/noc-flit';
import { everyPair, type Pair } from './pairs.js';
import { Progress } from './progress.js';
import { routerOptions } from './router-options.js';
import { soakPair, type PairReport } from './soak-pair.js';

interface Case {
  readonly pair: Pair;
  readonly router: Partial<RouterParameters>;
}

interface TimedReport extends PairReport {
  readonly cpuSeconds: number;
}

/** Every pair with the default router, and every router option on a mesh. */
function allCases(): Case[] {
  const pairs = everyPair('first');
  const mesh = pairs.find(({ name }) => name === 'mesh dim_order')!;
  const optional = Object.entries(routerOptions).map(([option, router]) => ({ pair: { ...mesh, name: `${mesh.name}, ${option}` }, router }));
  return [...pairs.map((pair) => ({ pair, router: {} })), ...optional];
}

/**
 * `npm run soak -- [--packets 1000000] [--pair 'mesh dim_order'] [--seed 1] [--json]`: no packet is lost, doubled, misled or
 * quicker than possible, under every routing and topology. Exit code 1 on a violation. Equal arguments give an equal digest.
 */
function main(): void {
  const given = readArguments();
  const cases = allCases().filter(({ pair }) => given?.pair === undefined || pair.name === given.pair);
  if (given === undefined || cases.length === 0) {
    process.stderr.write(
      `usage: npm run soak -- [--packets N] [--pair NAME] [--seed N] [--json]\npairs: ${allCases()
        .map(({ pair }) => pair.name)
        .join('; ')}\n`,
    );
    process.exitCode = 2;
    return;
  }
  const { packets, seed } = given;
  const reports = runAll(cases, given);
  const digest = digestOf(reports.map(({ cpuSeconds: _, ...report }) => report));
  process.stdout.write(
    given.json
      ? `${JSON.stringify({ packets, seed, digest, reports }, null, 1)}\n`
      : `${reports.map(lineOf).join('\n')}\n${totalOf(reports)}\ndigest ${digest}\n`,
  );
  if (reports.some(({ violationCount }) => violationCount > 0)) process.exitCode = 1;
}

interface SoakArguments {
  readonly packets: number;
  readonly seed: number;
  readonly pair: string | undefined;
  readonly json: boolean;
}

/** Undefined when they are not understood. */
function readArguments(): SoakArguments | undefined {
  try {
    const { values } = parseArgs({
      options: {
        packets: { type: 'string', default: '1000000' },
        pair: { type: 'string' },
        seed: { type: 'string', default: '1' },
        json: { type: 'boolean', default: false },
      },
    });
    const [packets, seed] = [Number(values.packets), Number(values.seed)];
    return Number.isSafeInteger(packets) && packets > 0 && Number.isSafeInteger(seed) ? { packets, seed, pair: values.pair, json: values.json } : undefined;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return undefined;
  }
}

function runAll(cases: readonly Case[], { packets, seed }: SoakArguments): TimedReport[] {
  const say = (line: string): void => void process.stderr.write(line);
  const progress = new Progress(cases.length * packets, say);
  return cases.map((each, index) => {
    const report = timed(each, packets, seed, (sentPackets) => progress.at(each.pair.name, sentPackets));
    progress.finish(packets);
    say(`${index + 1}/${cases.length} ${lineOf(report)}\n`);
    return report;
  });
}

function timed({ pair, router }: Case, packets: number, seed: number, onBlock: (sentPackets: number) => void): TimedReport {
  const before = process.cpuUsage();
  const report = soakPair(pair, router, packets, seed, undefined, onBlock);
  const used = process.cpuUsage(before);
  return { ...report, cpuSeconds: (used.user + used.system) / 1e6 };
}

function lineOf(report: TimedReport): string {
  const { name, packets, flits, cycles, cpuSeconds, violationCount, violations, deadlocks, inFlightLimit } = report;
  const stood = deadlocks.map((one) => `; deadlock after ${one.packets} packets with up to ${one.inFlightLimit} in flight`).join('');
  const verdict = violationCount === 0 ? 'ok' : `${violationCount} VIOLATIONS`;
  return [
    `${name}: ${verdict}, ${packets} packets, ${flits} flits, ${cycles} cycles, up to ${inFlightLimit} in flight, ${cpuSeconds.toFixed(1)} s${stood}`,
    ...violations.map((text) => `  ${text}`),
  ].join('\n');
}

function totalOf(reports: readonly TimedReport[]): string {
  const sum = (value: (report: TimedReport) => number): number => reports.reduce((total, report) => total + value(report), 0);
  return `${reports.length} cases: ${sum(({ packets }) => packets)} packets, ${sum(({ flits }) => flits)} flits, ${sum(({ flitHops }) => flitHops)} flit-hops, ${sum(({ violationCount }) => violationCount)} violations, ${sum(({ cpuSeconds }) => cpuSeconds).toFixed(0)} s CPU`;
}

main();

import type { RunResult } from 'tessera-sim';
import { formatBytes, formatCount, formatEnergy, formatPercent, formatSeconds, formatSignedCount, formatSignedPercent, shortDigest } from './format.js';
import { relativeError } from './layer-rows.js';
import { compareRuns, type RunComparison } from './run-comparison.js';
import type { Layout } from './section.js';
import { textGrid, wrapText } from './text-grid.js';

const SHOWN_CAUSES = 4;
/** Classes whose name alone does not tell the cause. */
const CLASS_WORDS: Readonly<Record<string, string>> = { idle: 'idle (no operation ready)' };
/** Narrower tables leave the digest to the sections of the runs. */
const WIDTH_FOR_DIGESTS = 100;

/** Several runs in one table, then why each of the others is slower than the fastest. */
export function comparisonText(results: readonly RunResult[], layout: Layout): string {
  const { width, style } = layout;
  const columns = [
    { title: 'run', flexible: true },
    { title: 'outcome' },
    ...['cycles', 'time', 'energy', 'estimated', 'error'].map((title) => ({ title, align: 'right' as const })),
    ...(width < WIDTH_FOR_DIGESTS ? [] : [{ title: 'digest' }]),
  ];
  const grid = textGrid(columns, results.map(overviewRow), width);
  const reasons = compareRuns(results).map((comparison) => reasonLines(comparison, layout).join('\n'));
  return [[style.heading('Runs'), ...grid].join('\n'), ...reasons].join('\n\n');
}

function overviewRow(result: RunResult): string[] {
  const { simulation, estimate } = result;
  return [
    result.scenario,
    result.outcome,
    formatCount(simulation.cycles),
    formatSeconds(simulation.seconds),
    simulation.energyPj ? formatEnergy(simulation.energyPj) : '-',
    formatCount(estimate?.cycles),
    formatSignedPercent(relativeError(estimate?.cycles, simulation.cycles)),
    shortDigest(result.digest),
  ];
}

/** One sentence: who wins, and by how much; or why there is no winner. */
export function verdictSentence(comparison: RunComparison): string {
  const { faster, slower, speedup } = comparison;
  const partial = [faster, slower].find((run) => run.outcome !== 'finished');
  if (partial !== undefined) return `${partial.scenario} did not finish (${partial.outcome}), so its time cannot be compared with that of ${partial === slower ? faster.scenario : slower.scenario}.`;
  if (faster.simulation.seconds === slower.simulation.seconds) return `${faster.scenario} and ${slower.scenario} take the same time.`;
  const saved = 1 - faster.simulation.seconds / slower.simulation.seconds;
  return (
    `${faster.scenario} is ${speedup.toFixed(2)} times as fast as ${slower.scenario}: ` +
    `${formatSeconds(faster.simulation.seconds)} against ${formatSeconds(slower.simulation.seconds)} (${formatPercent(saved)} less).`
  );
}

/** The causes in sentences of their own, largest first. */
export function causeSentences(comparison: RunComparison): string[] {
  if (comparison.faster.outcome !== 'finished' || comparison.slower.outcome !== 'finished') return [];
  return [...stackSentences(comparison), ...blockSentences(comparison), ...trafficSentences(comparison)];
}

function stackSentences({ stack, differenceCycles, slower }: RunComparison): string[] {
  if (stack.length === 0) return [];
  const parts = stack.slice(0, SHOWN_CAUSES).map(({ name, cycles }) => `${CLASS_WORDS[name] ?? name} ${formatSignedCount(Math.round(cycles))}`);
  const rest = stack.slice(SHOWN_CAUSES).reduce((sum, { cycles }) => sum + cycles, 0);
  if (stack.length > SHOWN_CAUSES) parts.push(`other ${formatSignedCount(Math.round(rest))}`);
  const sum = formatSignedCount(Math.round(differenceCycles));
  return [`The average core of ${slower.scenario} spends, in cycles: ${parts.join(', ')}; together ${sum}.`];
}

function blockSentences({ blocks }: RunComparison): string[] {
  return blocks
    .slice(0, SHOWN_CAUSES)
    .map(({ block, name, fasterCycles, slowerCycles }) => `${block}: ${name} ${formatCount(slowerCycles)} cycles instead of ${formatCount(fasterCycles)}.`);
}

function trafficSentences({ traffic }: RunComparison): string[] {
  return traffic
    .slice(0, 2)
    .map(({ memory, fasterBytes, slowerBytes }) => `${memory}: ${formatBytes(slowerBytes)} read and written instead of ${formatBytes(fasterBytes)}.`);
}

function reasonLines(comparison: RunComparison, { width, style }: Layout): string[] {
  const causes = causeSentences(comparison).flatMap((sentence) => wrapText(`  ${sentence}`, width, '    '));
  return [...wrapText(verdictSentence(comparison), width).map(style.heading), ...causes];
}

import {
  blockEnergyPj,
  busiestFirst,
  compareEstimate,
  computeUtilisations,
  differenceText,
  estimateError,
  flexibleColumn,
  formatBytes,
  formatCount,
  formatEnergy,
  formatPercent,
  formatSeconds,
  formatSignedPercent,
  linkUses,
  rightColumn,
  shortDigest,
  utilisation,
  waitingClasses,
  withoutText,
  wrapText,
  type ExperimentResult,
  type LinkUse,
  type RunResult,
  type ScheduleResult,
} from 'tessera-sim';
import { unusedSentences } from 'tessera-sim/exporters';
import { experimentSections } from './experiment-sections.js';
import { moreLine, section, type Layout } from './section.js';
import { statisticSections, type StatisticsChoice } from './statistic-sections.js';

const SHOWN_LINKS = 8;

/** All sections of one run, without empty ones, separated by an empty line. */
export function runText(result: RunResult, layout: Layout, statistics: StatisticsChoice): string {
  const sections =
    result.kind === 'schedule' ? scheduleSections(result, layout, statistics) : [experimentSummary(result, layout), ...experimentSections(result, layout)];
  return [...sections, expectations(result, layout)]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function scheduleSections(result: ScheduleResult, layout: Layout, statistics: StatisticsChoice): string[][] {
  return [
    violations(result, layout),
    wrongValues(result, layout),
    deadlock(result, layout),
    summary(result, layout),
    layers(result, layout),
    blocks(result, layout),
    memories(result, layout),
    unused(result, layout),
    links(result, layout),
    ...statisticSections(result, statistics, layout),
    bounds(result, layout),
  ];
}

function experimentSummary(result: ExperimentResult, layout: Layout): string[] {
  return headed(result, layout, [['outcome', outcomeText(result, layout)], ['simulated', formatSeconds(result.simulatedSeconds)], ...provenance(result)]);
}

function outcomeText({ outcome }: RunResult, { style }: Layout): string {
  return outcome === 'finished' ? style.good('finished') : style.bad(outcome);
}

function provenance(result: RunResult): [string, string][] {
  return [
    ['events', `${formatCount(result.events)} in ${formatSeconds(result.engineCpuSeconds)} of CPU time`],
    ['digest', `${shortDigest(result.digest)} (seed ${result.seed})`],
  ];
}

function headed({ name }: RunResult, { style, width }: Layout, pairs: readonly (readonly [string, string])[]): string[] {
  return [
    style.heading(wrapText(name, width).join('\n')),
    ...pairs.flatMap(([title, value]) => wrapText(`  ${title.padEnd(11)}${value}`, width, ' '.repeat(13))),
  ];
}

/** The total, what was estimated of it, and which blocks neither has. */
function energyPair(result: ScheduleResult): [string, string][] {
  const { value, reference, relativeError } = compareEstimate(result).energyPj;
  if (reference === undefined || reference === 0) return [];
  const error = relativeError !== undefined ? ` (${formatSignedPercent(relativeError)})` : '';
  const parts = [formatEnergy(reference), value === undefined ? '' : `estimated ${formatEnergy(value)}${error}`, withoutText(result.simulation.energyMissing)];
  return [['energy', parts.filter((part) => part !== '').join(', ')]];
}

const UNITS = { array: 'arrays', vector: 'vector units', pim: 'computing memories' } as const;

/** Each kind of compute unit on average. */
function busyPair(result: ScheduleResult): [string, string][] {
  const means = computeUtilisations(result).map(({ unit, utilisation: share }) => `${UNITS[unit]} ${formatPercent(share)}`);
  return means.length === 0 ? [] : [['busy', means.join(', ')]];
}

function summary(result: ScheduleResult, layout: Layout): string[] {
  const { simulation, estimate, operations } = result;
  // What a run that was cut short simulated is no measure of the whole.
  const error = estimateError(result);
  const errorText = error === undefined ? 'of the whole run' : `${formatSignedPercent(error)} against the simulation`;
  const total = operations.total === undefined ? '' : ` of ${formatCount(operations.total)}`;
  return headed(result, layout, [
    ['outcome', outcomeText(result, layout)],
    ['simulated', `${formatCount(simulation.cycles)} cycles, ${formatSeconds(simulation.seconds)}`],
    ...(estimate === undefined ? [] : [['estimated', `${formatCount(estimate.cycles)} cycles by ${estimate.estimator} (${errorText})`] as const]),
    ...energyPair(result),
    ...busyPair(result),
    ...(result.mapper === undefined ? [] : [['mapper', result.mapper] as const]),
    ['operations', `${formatCount(operations.finished)}${total}`],
    ...provenance(result),
  ]);
}

function layers(result: ScheduleResult, layout: Layout): string[] {
  const rows = compareEstimate(result).layers;
  if (rows.length === 0) return [];
  const columns = [
    flexibleColumn('layer'),
    flexibleColumn('operator'),
    rightColumn('MACs'),
    rightColumn('estimated'),
    rightColumn('simulated'),
    rightColumn('error'),
    rightColumn('computing'),
  ];
  const body = rows.map(({ layer, operator, macs, cycles, reference }) => [
    layer,
    operator,
    formatCount(macs),
    formatCount(cycles.value),
    formatCount(cycles.reference),
    formatSignedPercent(cycles.relativeError),
    formatCount(reference?.computeCycles),
  ]);
  return section('Layers (simulated: share of the run; computing: cycles some core computed it)', columns, body, layout);
}

function blocks(result: ScheduleResult, layout: Layout): string[] {
  if (result.blocks.length === 0) return [];
  const columns = [flexibleColumn('block'), flexibleColumn('plugin'), rightColumn('busy'), flexibleColumn('waiting (share of the run)'), rightColumn('energy')];
  const body = result.blocks.map((block) => {
    const waiting = waitingClasses(block)
      .slice(0, 3)
      .map(({ name, share }) => `${name} ${formatPercent(share)}`);
    const energy = blockEnergyPj(block);
    return [block.path, block.plugin, formatPercent(utilisation(result, block.path)), waiting.join(', '), energy > 0 ? formatEnergy(energy) : '-'];
  });
  return section('Blocks', columns, body, layout);
}

function memories(result: ScheduleResult, layout: Layout): string[] {
  if (result.memories.length === 0) return [];
  const columns = [flexibleColumn('memory'), rightColumn('peak'), rightColumn('capacity'), rightColumn('filled'), rightColumn('read'), rightColumn('written')];
  const body = result.memories.map(({ path, capacityBytes, peakBytes, bytesRead, bytesWritten }) => [
    path,
    formatBytes(peakBytes),
    formatBytes(capacityBytes ?? Infinity),
    formatPercent(capacityBytes ? peakBytes / capacityBytes : undefined),
    formatBytes(bytesRead),
    formatBytes(bytesWritten),
  ]);
  return section('Memories', columns, body, layout);
}

function unused(result: ScheduleResult, { style, width }: Layout): string[] {
  const sentences = unusedSentences(result);
  if (sentences.length === 0) return [];
  return [style.heading('Left unused by the mapper'), ...sentences.flatMap((sentence) => wrapText(`  ${sentence}`, width, '    '))];
}

function links(result: ScheduleResult, layout: Layout): string[] {
  const used = linkUses(result);
  if (used.length === 0) return [];
  const busiest = busiestFirst(used).slice(0, SHOWN_LINKS);
  const hasEnergy = used.some(({ energyPj }) => energyPj !== undefined);
  const energyOf = ({ energyPj }: LinkUse): string[] => (hasEnergy ? [energyPj === undefined ? '-' : formatEnergy(energyPj)] : []);
  const body = busiest.map((link) => [link.name, formatBytes(link.bytes), formatPercent(link.utilisation), ...energyOf(link)]);
  const title = used.length > busiest.length ? `Links (the ${busiest.length} busiest of ${used.length} used)` : 'Links';
  return section(
    title,
    [flexibleColumn('link'), rightColumn('moved'), rightColumn('utilisation'), ...(hasEnergy ? [rightColumn('energy')] : [])],
    body,
    layout,
  );
}

function bounds(result: ScheduleResult, layout: Layout): string[] {
  const columns = [flexibleColumn('where'), flexibleColumn('bound'), rightColumn('at least'), rightColumn('estimated')];
  const body = result.boundViolations.map(({ layer, resource, bound, boundCycles, estimatedCycles }) => [
    layer === undefined ? resource : `${layer} on ${resource}`,
    bound,
    formatCount(boundCycles),
    formatCount(estimatedCycles),
  ]);
  return body.length === 0 ? [] : section('The estimate is below what is physically possible (cycles)', columns, body, layout);
}

/** What functional mode found, when it ran. */
function wrongValues({ functional }: ScheduleResult, { style, width }: Layout): string[] {
  if (functional === undefined) return [];
  const { equal, compared, notCompared, fingerprints, notes } = functional;
  const verdict = equal ? `${formatCount(compared)} elements of the outputs are those of the reference` : differenceText(functional);
  const remarks = [
    ...(fingerprints.length === 0 ? [] : [`no meaning is known of ${fingerprints.join(', ')}: a fingerprint of what they read stands for their results`]),
    ...(notCompared.length === 0 ? [] : [`not compared, because no layer writes them: ${notCompared.join(', ')}`]),
    ...notes,
  ];
  return [style.heading('Values'), ...[verdict, ...remarks].flatMap((line) => wrapText(`  ${line}`, width, '  '))];
}

function violations(result: ScheduleResult, { style, width, maxRows }: Layout): string[] {
  const { violations: all, violationCount } = result;
  if (all.length === 0) return [];
  const lines = all.slice(0, maxRows).flatMap(({ rule, tick, message, advice, file, line }) => {
    const place = file === undefined ? '' : `${file}${line === undefined ? '' : `:${line}`}: `;
    return wrapText(`  ${place}${style.bad(rule)} at ${formatSeconds(tick / 1e12)}: ${message}; to mend it, ${advice}`, width, '    ');
  });
  return [
    style.heading(`Illegal schedule: ${formatCount(violationCount)} ${violationCount === 1 ? 'violation' : 'violations'}`),
    ...lines,
    ...moreLine(violationCount, maxRows),
  ];
}

function deadlock(result: ScheduleResult, { style, width }: Layout): string[] {
  const report = result.deadlock;
  if (report === undefined) return [];
  const shown = report.cycle.length > 0 ? report.cycle : report.waits.slice(0, 12);
  const title = `Deadlock at ${formatSeconds(report.tick / 1e12)}: ${report.cycle.length > 0 ? 'a cycle of waits' : 'unfinished waits'}`;
  const lines = shown.flatMap(({ who, whom, what, sinceTick }) =>
    wrapText(`  ${who} waits for ${whom}: ${what} (since ${formatSeconds(sinceTick / 1e12)})`, width, '    '),
  );
  return [style.heading(style.bad(title)), ...lines];
}

function expectations(result: RunResult, layout: Layout): string[] {
  if (result.expectations.length === 0) return [];
  const { style } = layout;
  const columns = [flexibleColumn('expectation'), { title: 'expected' }, rightColumn('actual'), { title: 'holds' }];
  const body = result.expectations.map(({ name, expected, actual, holds }) => [name, expected, formatCount(actual), holds ? 'yes' : 'NO']);
  const colour = (line: string): string => (line.endsWith('  NO') ? style.bad(line) : line);
  return section('Expectations', columns, body, layout).map(colour);
}

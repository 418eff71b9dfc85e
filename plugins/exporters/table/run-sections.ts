import type { RunResult } from 'tessera-sim';
import { formatBytes, formatCount, formatEnergy, formatPercent, formatSeconds, formatSignedPercent, shortDigest } from './format.js';
import { layerRows, relativeError } from './layer-rows.js';
import { busiestFirst, linkUses, type LinkUse } from './link-uses.js';
import { runnerSections } from './runner-sections.js';
import { flexible, moreLine, right, section, type Layout } from './section.js';
import { utilisation, waitingClasses } from './stall-summary.js';
import { wrapText } from './text-grid.js';

const SHOWN_LINKS = 8;

/** All sections of one run, without empty ones, separated by an empty line. */
export function runText(result: RunResult, layout: Layout): string {
  const sections = [
    summary(result, layout),
    layers(result, layout),
    blocks(result, layout),
    memories(result, layout),
    links(result, layout),
    ...runnerSections(result, layout),
    bounds(result, layout),
    violations(result, layout),
    deadlock(result, layout),
    expectations(result, layout),
  ];
  return sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n')).join('\n\n');
}

function summary(result: RunResult, { style, width }: Layout): string[] {
  const { simulation, estimate, operations } = result;
  const error = relativeError(estimate?.cycles, simulation.cycles);
  // What a run that was cut short simulated is no measure of the whole.
  const errorText = result.outcome === 'finished' ? `${formatSignedPercent(error)} against the simulation` : 'of the whole run';
  const total = operations.total === undefined ? '' : ` of ${formatCount(operations.total)}`;
  const outcome = result.outcome === 'finished' ? style.good('finished') : style.bad(result.outcome);
  const pairs: [string, string][] = [
    ['outcome', outcome],
    ['simulated', `${formatCount(simulation.cycles)} cycles, ${formatSeconds(simulation.seconds)}`],
  ];
  if (estimate !== undefined) {
    pairs.push(['estimated', `${formatCount(estimate.cycles)} cycles by ${estimate.estimator} (${errorText})`]);
  }
  if (simulation.energyPj !== undefined && simulation.energyPj > 0) pairs.push(['energy', formatEnergy(simulation.energyPj)]);
  if (result.mapper !== undefined) pairs.push(['mapper', result.mapper]);
  pairs.push(
    ['operations', `${formatCount(operations.finished)}${total}`],
    ['events', `${formatCount(result.events)} in ${formatSeconds(result.engineCpuSeconds)} of CPU time`],
    ['digest', `${shortDigest(result.digest)} (seed ${result.seed})`],
  );
  const lines = pairs.map(([name, value]) => `  ${name.padEnd(11)}${value}`);
  return [style.heading(wrapText(result.scenario, width).join('\n')), ...lines];
}

function layers(result: RunResult, layout: Layout): string[] {
  const rows = layerRows(result);
  if (rows.length === 0) return [];
  const columns = [flexible('layer'), flexible('operator'), right('MACs'), right('estimated'), right('simulated'), right('error'), right('computing')];
  const body = rows.map((row) => [
    row.layer,
    row.operator,
    formatCount(row.macs),
    formatCount(row.estimatedCycles),
    formatCount(row.simulatedCycles),
    formatSignedPercent(row.error),
    formatCount(row.computeCycles),
  ]);
  return section('Layers (simulated: share of the run; computing: cycles some core computed it)', columns, body, layout);
}

function blocks(result: RunResult, layout: Layout): string[] {
  if (result.blocks.length === 0) return [];
  const columns = [flexible('block'), flexible('plugin'), right('busy'), flexible('waiting (share of the run)'), right('energy')];
  const body = result.blocks.map((block) => {
    const waiting = waitingClasses(block).slice(0, 3).map(({ name, share }) => `${name} ${formatPercent(share)}`);
    const energy = Object.values(block.energyPj).reduce((a, b) => a + b, 0);
    return [block.path, block.plugin, formatPercent(utilisation(result, block.path)), waiting.join(', '), energy > 0 ? formatEnergy(energy) : '-'];
  });
  return section('Blocks', columns, body, layout);
}

function memories(result: RunResult, layout: Layout): string[] {
  if (result.memories.length === 0) return [];
  const columns = [flexible('memory'), right('peak'), right('capacity'), right('filled'), right('read'), right('written')];
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

function links(result: RunResult, layout: Layout): string[] {
  const used = linkUses(result);
  if (used.length === 0) return [];
  const busiest = busiestFirst(used).slice(0, SHOWN_LINKS);
  const hasEnergy = used.some(({ energyPj }) => energyPj !== undefined);
  const energyOf = ({ energyPj }: LinkUse): string[] => (hasEnergy ? [energyPj === undefined ? '-' : formatEnergy(energyPj)] : []);
  const body = busiest.map((link) => [link.name, formatBytes(link.bytes), formatPercent(link.utilisation), ...energyOf(link)]);
  const title = used.length > busiest.length ? `Links (the ${busiest.length} busiest of ${used.length} used)` : 'Links';
  return section(title, [flexible('link'), right('moved'), right('utilisation'), ...(hasEnergy ? [right('energy')] : [])], body, layout);
}

function bounds(result: RunResult, layout: Layout): string[] {
  const columns = [flexible('where'), flexible('bound'), right('at least'), right('estimated')];
  const body = result.boundViolations.map(({ layer, resource, bound, boundCycles, estimatedCycles }) => [
    layer === undefined ? resource : `${layer} on ${resource}`,
    bound,
    formatCount(boundCycles),
    formatCount(estimatedCycles),
  ]);
  return body.length === 0 ? [] : section('The estimate is below what is physically possible (cycles)', columns, body, layout);
}

function violations(result: RunResult, { style, width, maxRows }: Layout): string[] {
  const { violations: all } = result;
  if (all.length === 0) return [];
  const lines = all.slice(0, maxRows).flatMap(({ rule, tick, message }) =>
    wrapText(`  ${style.bad(rule)} at ${formatSeconds(tick / 1e12)}: ${message}`, width, '    '),
  );
  return [style.heading(`Illegal schedule: ${formatCount(all.length)} ${all.length === 1 ? 'violation' : 'violations'}`), ...lines, ...moreLine(all.length, maxRows)];
}

function deadlock(result: RunResult, { style, width }: Layout): string[] {
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
  const columns = [flexible('expectation'), { title: 'expected' }, right('actual'), { title: 'holds' }];
  const body = result.expectations.map(({ name, expected, actual, holds }) => [name, expected, formatCount(actual), holds ? 'yes' : 'NO']);
  const colour = (line: string): string => (line.endsWith('  NO') ? style.bad(line) : line);
  return section('Expectations', columns, body, layout).map(colour);
}

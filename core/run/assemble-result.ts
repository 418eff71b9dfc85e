import type { Performance, ResourceResult } from '../result/performance.js';
import { sourceLocator } from './locate-problems.js';
import type { ClockDomain } from '../kernel/clock-domain.js';
import { computeUnitOf, pathsWithoutEnergy } from '../model/machine-facts.js';
import { DEFAULT_STALL_CLASSES } from '../model/stall-class.js';
import { busyCycles } from '../analysis/stall-summary.js';
import { digestOf } from '../kernel/digest.js';
import type { Schedule } from '../schedule/form/form.js';
import type { ScheduleExecutor } from '../schedule/execute/executor.js';
import type { BuiltBlock } from '../machine/built-block.js';
import type { ResultCollector } from './collector.js';
import type { FunctionalResult } from '../functional/functional-result.js';
import { evaluateExpectations } from '../analysis/expectations.js';
import type { Machine } from '../machine/machine.js';
import type { PreparedRun } from './prepare.js';
import type { StatisticDeclaration } from '../plugin/block-plugin.js';
import { runName } from '../result/run-name.js';
import type { BlockResult, LinkResult, MemoryResult, Outcome, RunLimit, RunTrace, ScheduleResult, Slowdown, StallResult } from '../result/run-result.js';
import type { LoadedScenario } from '../scenario/loaded-scenario.js';
import { scheduleDigests, type Counts, type ResultDigests } from '../result/digests.js';
import { displayPath, runVersions } from '../document/versions.js';
import { unusedBlocks } from './unused-blocks.js';

/** What stopped the run loop: all operations ended, nothing could proceed, the user, or a limit. */
export type RunEnd = 'finished' | 'deadlock' | 'interrupted' | RunLimit;

export interface FinishedRun {
  readonly scenario: LoadedScenario;
  readonly prepared: PreparedRun;
  readonly warnings: readonly string[];
  readonly machine: Machine;
  readonly executor: ScheduleExecutor;
  readonly collector: ResultCollector;
  readonly end: RunEnd;
  readonly engineCpuSeconds: number;
  readonly functional?: FunctionalResult;
  readonly trace?: RunTrace;
  /** To be handed on in the result. */
  readonly schedule?: Schedule;
}

/** Puts the result document together from what the blocks, the executor and the collector hold. */
export function assembleResult(run: FinishedRun): ScheduleResult {
  const { scenario, prepared, machine, executor, end } = run;
  const { kernel, description } = machine;
  const clock = description.referenceClock;
  const endTick = end === 'finished' ? executor.lastEndTick : kernel.now;
  const seconds = endTick / 1e12;
  const blocks = machine.blocks.map((block) => blockResult(block, machine, seconds));
  const memories = memoryResults(run);
  const links = linkResults(machine, endTick);
  const energyPj = blocks.reduce((sum, block) => sum + Object.values(block.energyPj).reduce((a, b) => a + b, 0), 0) + linkEnergyPj(links);
  const simulation: Performance = {
    cycles: clock.cyclesIn(endTick),
    seconds,
    energyPj,
    energyMissing: pathsWithoutEnergy(description),
    layers: run.collector.layerResults(clock, machine.directory.pathOf),
    resources: blocks.map((block) => resourceOf(block, memories)),
  };
  const deadlock = end === 'deadlock' ? kernel.deadlock() : undefined;
  const operations = { finished: executor.finishedCount, ...(executor.totalCount === undefined ? {} : { total: executor.totalCount }) };
  const violationCount = executor.violations.count;
  const locate = sourceLocator(scenario);
  const violations = executor.violations.kept.map(({ source: _, ...violation }) => ({ ...violation, cycle: clock.cyclesIn(violation.tick) }));
  const modelled = { outcome: outcomeOf(end, violationCount), simulation, blocks, links, memories, operations, violations };
  const { estimate } = prepared;
  const unused = unusedBlocks(run);
  return {
    tesseraResult: 1,
    kind: 'schedule',
    name: runName(scenario.name, scenario.set),
    scenario: scenario.name,
    file: displayPath(scenario.file),
    set: scenario.set,
    ...modelled,
    // Places in files are no part of what a model determines.
    violations: violations.map((violation, index) => ({ ...violation, ...locate(executor.violations.kept[index]?.source) })),
    ...(modelled.outcome === 'finished' && run.functional?.equal === false ? { outcome: 'wrong-values' as const } : {}),
    ...(run.functional === undefined ? {} : { functional: run.functional }),
    ...(end in LIMITS ? { bound: end as RunLimit } : {}),
    violationCount,
    ...(executor.violations.unchecked.length === 0 ? {} : { unchecked: executor.violations.unchecked }),
    ...(estimate === undefined ? {} : { estimate }),
    boundViolations: prepared.boundViolations,
    ...(deadlock === undefined ? {} : { deadlock }),
    // What is expected is expected of the whole run.
    expectations:
      end !== 'finished' ? [] : evaluateExpectations(scenario.expectations, { simulation, estimate, blocks, memories, operations, violations: violationCount }),
    events: kernel.eventCount,
    engineCpuSeconds: run.engineCpuSeconds,
    seed: scenario.seed,
    digest: digestOf(modelled),
    digests: digestsOf(run, modelled),
    inputs: { ...scenario.inputs, ...prepared.importedFiles },
    warnings: run.warnings,
    versions: runVersions(),
    ...(scenario.mapper === undefined ? {} : { mapper: scenario.mapper.use }),
    ...(unused.length === 0 ? {} : { unused }),
    statisticDescriptions: ofStatistics(machine, ({ description }) => description),
    slowdowns: ofStatistics(machine, slowdownOf),
    executed: run.collector.plan.digests,
    ...(run.trace === undefined ? {} : { trace: run.trace }),
    ...(run.schedule === undefined ? {} : { schedule: run.schedule }),
  };
}

const LIMITS: Readonly<Record<RunLimit, true>> = { maxCycles: true, maxEvents: true, maxWallSeconds: true };

/** An illegal schedule is one however its run ended; only an interrupt leaves that open. */
function outcomeOf(end: RunEnd, violationCount: number): Outcome {
  if (end === 'interrupted') return 'interrupted';
  if (violationCount > 0) return 'illegal';
  return end === 'finished' || end === 'deadlock' ? end : 'bound';
}

/** Counters under the names that the models declare; a statistic that is derived from others counts for nothing. */
function digestsOf(
  { collector, machine }: FinishedRun,
  modelled: Pick<ScheduleResult, 'simulation' | 'blocks' | 'links' | 'memories' | 'operations'>,
): ResultDigests {
  const counts: Counts = { 'operations.finished': modelled.operations.finished };
  const energyPj: Counts = {};
  for (const { path, plugin } of machine.blocks) {
    const block = modelled.blocks.find((candidate) => candidate.path === path)!;
    for (const [name, { derived, ratio }] of Object.entries(plugin.statistics))
      if (derived !== true && ratio === undefined) counts[`${path}.${name}`] = block.statistics[name]!.value;
    for (const [action, pj] of Object.entries(block.energyPj)) energyPj[`${path}/${action}`] = pj;
  }
  for (const link of modelled.links) {
    counts[`${link.path}.bytes`] = link.bytes;
    counts[`${link.path}.messages`] = link.messages;
    if (link.energyPj !== undefined) energyPj[`${link.path}/bits`] = link.energyPj;
  }
  for (const { path, peakBytes } of modelled.memories) counts[`${path}.peakBytes`] = peakBytes;
  for (const { layer, bytes } of modelled.simulation.layers) {
    // By the name that it has had from the beginning, so that digests of all versions can be compared.
    counts[`layer ${layer}.macs`] = collector.points.get(layer)!;
    for (const [memory, moved] of Object.entries(bytes ?? {})) counts[`layer ${layer}.bytes.${memory}`] = moved;
  }
  return scheduleDigests(collector.times, counts, energyPj);
}

function blockResult(block: BuiltBlock, machine: Machine, seconds: number): BlockResult {
  const clock = machine.description.referenceClock;
  const statistics: Record<string, { value: number; unit: string }> = {};
  for (const [name, declaration] of Object.entries(block.plugin.statistics)) {
    statistics[name] = { value: block.statistics[name] ?? 0, unit: declaration.unit };
  }
  const computes = computeUnitOf(block.description.facts);
  const report = block.model.report?.();
  return {
    path: block.path,
    plugin: block.plugin.name,
    kind: block.plugin.kind,
    clockHz: block.description.clock.frequencyHz,
    ...(block.description.supply === undefined ? {} : { supply: block.description.supply }),
    statistics,
    ...(computes === undefined ? {} : { computes }),
    stalls: stallResults(block, clock),
    energyPj: block.energy.breakdownPj(seconds),
    ...(report === undefined ? {} : { report }),
  };
}

/** As the plugins declare them, once a plugin and not once a block; plugins without any are left out. */
function ofStatistics<T>({ blocks }: Machine, pick: (declaration: StatisticDeclaration) => T | undefined): Record<string, Record<string, T>> {
  const plugins = new Map(blocks.map(({ plugin }) => [plugin.name, plugin.statistics]));
  const picked = [...plugins].map(([name, statistics]) => [name, picksOf(statistics, pick)] as const);
  return Object.fromEntries(picked.filter(([, own]) => Object.keys(own).length > 0));
}

function picksOf<T>(statistics: Readonly<Record<string, StatisticDeclaration>>, pick: (declaration: StatisticDeclaration) => T | undefined): Record<string, T> {
  return Object.fromEntries(
    Object.entries(statistics).flatMap(([name, declaration]): [string, T][] => {
      const value = pick(declaration);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function slowdownOf({ slows, ratio }: StatisticDeclaration): Slowdown | undefined {
  return slows === undefined ? undefined : { why: slows, ...(ratio === undefined ? {} : { ratio }) };
}

function stallResults({ plugin, stalls }: BuiltBlock, clock: ClockDomain): StallResult[] {
  return Object.entries(plugin.stallClasses ?? DEFAULT_STALL_CLASSES).map(([name, { role, on }], index) => ({
    class: name,
    role,
    ...(on === undefined ? {} : { on }),
    cycles: clock.cyclesIn(stalls.ticks[index] ?? 0),
  }));
}

function resourceOf(block: BlockResult, memories: readonly MemoryResult[]): ResourceResult {
  const memory = memories.find((candidate) => candidate.path === block.path);
  return {
    resource: block.path,
    kind: block.kind,
    busyCycles: busyCycles(block),
    energyPj: Object.values(block.energyPj).reduce((a, b) => a + b, 0),
    ...(memory === undefined ? {} : { bytesRead: memory.bytesRead, bytesWritten: memory.bytesWritten, peakBytes: memory.peakBytes }),
  };
}

function memoryResults(run: FinishedRun): MemoryResult[] {
  const { machine, collector, executor } = run;
  const figures = executor.layoutFigures;
  const layoutOf = (memory: number): { highWaterBytes?: number; fragmentation?: number } => {
    const layout = figures.get(memory);
    return layout === undefined ? {} : { highWaterBytes: layout.highWaterBytes, fragmentation: layout.fragmentation };
  };
  return machine.blocks.flatMap((block) => {
    const { facts } = block.description;
    if (facts.kind !== 'memory' && facts.kind !== 'pim') return [];
    const peakBytes = (collector.peakBytes.get(block.id) ?? 0) + (executor.homedBytes.get(block.id) ?? 0);
    return [
      {
        path: block.path,
        capacityBytes: facts.capacityBytes,
        peakBytes,
        bytesRead: block.statistics['bytesRead'] ?? 0,
        bytesWritten: block.statistics['bytesWritten'] ?? 0,
        ...layoutOf(block.id),
      },
    ];
  });
}

function linkResults(machine: Machine, endTick: number): LinkResult[] {
  return machine.links.map((link) => ({
    path: link.path,
    bytes: link.bytesSent,
    messages: link.messagesSent,
    utilisation: endTick === 0 ? 0 : Math.min(1, link.busyTicks / endTick),
    ...(link.energyPj === undefined ? {} : { energyPj: link.energyPj }),
  }));
}

function linkEnergyPj(links: readonly LinkResult[]): number {
  return links.reduce((sum, link) => sum + (link.energyPj ?? 0), 0);
}

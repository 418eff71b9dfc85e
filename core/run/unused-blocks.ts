import type { UnusedBlock } from '../result/run-result.js';
import type { Machine } from '../machine/machine.js';
import type { LoadedScenario } from '../scenario/loaded-scenario.js';
import type { ScheduleExecutor } from '../schedule/execute/executor.js';
import type { ResultCollector } from './collector.js';
import type { PreparedRun } from './prepare.js';

/** What tells of a run which blocks it used. */
export interface RunOfBlocks {
  readonly scenario: LoadedScenario;
  readonly prepared: PreparedRun;
  readonly machine: Machine;
  readonly executor: ScheduleExecutor;
  readonly collector: ResultCollector;
  /** How its loop ended. */
  readonly end: string;
}

/**
 * Memories that held nothing and PIM units that computed nothing in a schedule that a mapper made, each with the mapper's reason. A
 * schedule that somebody has written uses what its writer meant; a run that was cut short says nothing of the rest.
 */
export function unusedBlocks(run: RunOfBlocks): UnusedBlock[] {
  const { scenario, prepared, machine, executor, end } = run;
  const { mapper, workload } = prepared;
  if (mapper === undefined || workload === undefined || end !== 'finished') return [];
  const computing = new Set(executor.blocksWithWork());
  const idle = machine.blocks.flatMap((block): Omit<UnusedBlock, 'reason'>[] => {
    const { kind } = block.description.facts;
    if (kind === 'pim' && !computing.has(block.path)) return [{ block: block.path, kind }];
    return kind === 'memory' && isUntouched(run, block.id, block.statistics) ? [{ block: block.path, kind }] : [];
  });
  const input = { workload, machine: machine.description, config: scenario.mapper?.config ?? {} };
  return idle.map((block) => ({ ...block, reason: mapper.whyUnused?.(input, block.block) ?? plainReason(mapper.name, block.kind) }));
}

function isUntouched({ collector, executor }: RunOfBlocks, id: number, statistics: Readonly<Record<string, number>>): boolean {
  const held = (collector.peakBytes.get(id) ?? 0) + (executor.homedBytes.get(id) ?? 0);
  return held === 0 && (statistics['bytesRead'] ?? 0) === 0 && (statistics['bytesWritten'] ?? 0) === 0;
}

/** For a mapper that gives no reason. */
function plainReason(mapper: string, kind: UnusedBlock['kind']): string {
  return kind === 'pim' ? `mapper '${mapper}' made no operation for it` : `mapper '${mapper}' placed nothing in it`;
}

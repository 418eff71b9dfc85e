import type { UnusedBlock } from '../result/run-result.js';
import type { FinishedRun } from './assemble-result.js';

/**
 * Memories that held nothing and PIM units that computed nothing in a schedule that a mapper made, each with the mapper's reason. A
 * schedule that somebody has written uses what its writer meant; a run that was cut short says nothing of the rest.
 */
export function unusedBlocks(run: FinishedRun): UnusedBlock[] {
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

function isUntouched({ collector, executor }: FinishedRun, id: number, statistics: Readonly<Record<string, number>>): boolean {
  const held = (collector.peakBytes.get(id) ?? 0) + (executor.homedBytes.get(id) ?? 0);
  return held === 0 && (statistics['bytesRead'] ?? 0) === 0 && (statistics['bytesWritten'] ?? 0) === 0;
}

/** For a mapper that gives no reason. */
function plainReason(mapper: string, kind: UnusedBlock['kind']): string {
  return kind === 'pim' ? `mapper '${mapper}' made no operation for it` : `mapper '${mapper}' placed nothing in it`;
}

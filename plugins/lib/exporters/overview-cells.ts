import { estimateError, formatCount, formatEnergy, formatSeconds, formatSignedPercent, type RunResult } from 'tessera-sim';

/** Titles of the columns of numbers in which several runs are laid side by side. */
export const OVERVIEW_COLUMNS = ['cycles', 'time', 'energy', 'estimated', 'error'] as const;

/** The numbers of a run under `OVERVIEW_COLUMNS`: cycles of the reference clock, simulated time, estimated cycles. */
export function overviewCells(result: RunResult): string[] {
  if (result.kind === 'experiment') return [formatCount(result.metrics['cycles']), formatSeconds(result.simulatedSeconds), '-', '-', '-'];
  const { simulation, estimate } = result;
  return [
    formatCount(simulation.cycles),
    formatSeconds(simulation.seconds),
    simulation.energyPj ? formatEnergy(simulation.energyPj) : '-',
    formatCount(estimate?.cycles),
    formatSignedPercent(estimateError(result)),
  ];
}

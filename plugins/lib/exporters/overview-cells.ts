import {
  computeUtilisations,
  estimateError,
  formatCount,
  formatEnergy,
  formatPercent,
  formatSeconds,
  formatSignedPercent,
  type ComputeUnit,
  type RunResult,
} from 'tessera-sim';

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

/** Titles of the columns that say how busy the arrays and the vector units were, each on average. */
export const BUSY_COLUMNS = ['arrays', 'vectors'] as const;

/** The shares of the run under `BUSY_COLUMNS`. */
export function busyCells(result: RunResult): string[] {
  const means = result.kind === 'schedule' ? computeUtilisations(result) : [];
  const units: readonly ComputeUnit[] = ['array', 'vector'];
  return units.map((unit) => formatPercent(means.find((mean) => mean.unit === unit)?.utilisation));
}

import type { BlockResult, ScheduleResult } from '../result/run-result.js';

/** Energy of one component of a block, in picojoules. */
export interface EnergyPart {
  readonly block: string;
  readonly component: string;
  readonly energyPj: number;
  /** 0..1 of the run's energy; undefined when that is zero or unknown. */
  readonly share: number | undefined;
}

/** Picojoules of all components of a block. */
export function blockEnergyPj(block: BlockResult): number {
  return Object.values(block.energyPj).reduce((a, b) => a + b, 0);
}

/** The components that took energy, largest first. */
export function energyParts({ blocks, simulation }: ScheduleResult): EnergyPart[] {
  const total = simulation.energyPj ?? 0;
  return blocks
    .flatMap(({ path, energyPj: components }) =>
      Object.entries(components).map(([component, energyPj]) => ({ block: path, component, energyPj, share: total > 0 ? energyPj / total : undefined })),
    )
    .filter(({ energyPj }) => energyPj > 0)
    .sort((a, b) => b.energyPj - a.energyPj);
}

import { IN_UNITS_SUFFIX } from '../costs.js';
import type { BenchDocument } from '../report.js';
import { shortNumber } from './numbers.js';

export interface MeasurementRow {
  readonly name: string;
  readonly min: string;
  readonly median: string;
  readonly max: string;
  readonly unit: string;
  /** Median in the machine's unit; empty where the measurement is no cost, or there is no unit. */
  readonly inUnits: string;
}

/** The measurements for a reader: a cost and the same in the machine's unit stand in one row. */
export function measurementRows({ measurements }: Pick<BenchDocument, 'measurements'>): MeasurementRow[] {
  return Object.entries(measurements)
    .filter(([name]) => !name.endsWith(IN_UNITS_SUFFIX))
    .map(([name, { unit, min, median, max }]) => {
      const inUnits = measurements[`${name}${IN_UNITS_SUFFIX}`];
      return {
        name,
        min: shortNumber(min),
        median: shortNumber(median),
        max: shortNumber(max),
        unit,
        inUnits: inUnits === undefined ? '' : shortNumber(inUnits.median),
      };
    });
}

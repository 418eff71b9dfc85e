import type { ExperimentResult } from '../result/run-result.js';

/** Cycles that virtual channels waited, by cause. */
export interface StallCause {
  readonly cause: string;
  readonly cycles: number;
}

const CAUSES = [
  ['stallNoVc', 'no free VC'],
  ['stallNoCredit', 'no credit'],
  ['stallLostSwitch', 'lost the switch'],
] as const;

export const STALL_CAUSES: readonly string[] = CAUSES.map(([, cause]) => cause);

/** Stall causes in the metrics of a run, the statistics of a block or a row of a curve; empty where there are none. */
export function stallCauses(values: Readonly<Record<string, unknown>>): StallCause[] {
  return CAUSES.flatMap(([name, cause]) => {
    const cycles = values[name];
    return typeof cycles === 'number' ? [{ cause, cycles }] : [];
  });
}

/** What virtual channels waited for in one run of a network, or at one load of it. */
export interface NetworkStalls {
  /** Offered load in flits per node and cycle; absent when the run has one load only. */
  readonly load?: number;
  readonly causes: readonly StallCause[];
  /** Flits times the routers that they passed. */
  readonly flitHops: number;
}

/** The waiting at each load of a curve by ascending load, else that of the whole run; empty when nothing ever waited. */
export function networkStalls({ tables, metrics = {} }: ExperimentResult): NetworkStalls[] {
  const rows = [...(tables?.['curve'] ?? [])].sort((a, b) => loadOf(a) - loadOf(b));
  const stalls = rows.length > 0 ? rows.map((row) => ({ load: loadOf(row), ...stallsIn(row) })) : [stallsIn(metrics)];
  return stalls.some(({ causes }) => waitedCycles(causes) > 0) ? stalls : [];
}

/** The waiting that metrics, statistics or a row of a curve tell of. */
export function stallsIn(values: Readonly<Record<string, unknown>>): NetworkStalls {
  return { causes: stallCauses(values), flitHops: typeof values['flitHops'] === 'number' ? values['flitHops'] : 0 };
}

/** Cycles of all causes. */
export function waitedCycles(causes: readonly StallCause[]): number {
  return causes.reduce((sum, { cycles }) => sum + cycles, 0);
}

/** Cycles waited per flit and router: runs of other length or load stay comparable. 0 when no flit moved. */
export function cyclesPerHop(cycles: number, flitHops: number): number {
  return flitHops > 0 ? cycles / flitHops : 0;
}

/** Of a row of anybody's result document. */
function loadOf({ load }: Readonly<Record<string, unknown>>): number {
  return typeof load === 'number' ? load : 0;
}

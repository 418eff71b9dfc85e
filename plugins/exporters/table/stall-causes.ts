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

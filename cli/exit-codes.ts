/** What the shell gets; docs/scenarios.md has the table. */
export const ExitCode = {
  asExpected: 0,
  /** An expectation or a tolerance was missed. */
  missed: 1,
  /** Bad input or usage, a plugin that is no block and failed, or an output that could not be written. */
  badInput: 2,
  /** The simulated machine failed: illegal schedule, wrong values, deadlock, bound reached, a model of a block that threw. */
  machineFailed: 3,
  /** A bug of Tessera itself (EX_SOFTWARE of sysexits.h): never a statement about the input. */
  internalError: 70,
  /** Ctrl-C; what was finished is kept. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** The worst of several outcomes: a bug before an interrupt, bad input before a failed machine before a missed expectation. */
export function worstExitCode(codes: readonly ExitCode[]): ExitCode {
  const rank: readonly ExitCode[] = [ExitCode.internalError, ExitCode.interrupted, ExitCode.badInput, ExitCode.machineFailed, ExitCode.missed];
  return rank.find((code) => codes.includes(code)) ?? ExitCode.asExpected;
}

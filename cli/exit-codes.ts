/** What the shell gets; see docs/architecture.md. */
export const ExitCode = {
  asExpected: 0,
  /** An expectation or a tolerance was missed. */
  missed: 1,
  /** Bad input or usage. */
  badInput: 2,
  /** The simulated machine failed: illegal schedule, wrong values, deadlock, bound reached. */
  machineFailed: 3,
  /** A bug of Tessera itself (EX_SOFTWARE of sysexits.h): never a statement about the input. */
  internalError: 70,
  /** Ctrl-C; what was finished is kept. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** The worst of several outcomes, for a suite: bad input before a failed machine before a missed expectation. */
export function worstExitCode(codes: readonly ExitCode[]): ExitCode {
  const rank: readonly ExitCode[] = [ExitCode.interrupted, ExitCode.badInput, ExitCode.machineFailed, ExitCode.missed];
  return rank.find((code) => codes.includes(code)) ?? ExitCode.asExpected;
}

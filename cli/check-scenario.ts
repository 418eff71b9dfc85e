import { ExitCode } from './exit-codes.js';
import { loadRequested } from './run-scenario.js';
import { showWarning } from './base-command.js';
import { expectLastingObjects, expectWork } from './short-work.js';
import type { LoadFlags } from './engine.js';
import type { Interrupt } from './interrupt.js';
import { InputError } from '../core/errors.js';
import type { CheckedScenario, CheckOptions, WrittenMinimum } from '../core/run/check-scenario.js';

export interface CheckRequest {
  readonly file: string | undefined;
  readonly flags: LoadFlags & { readonly certificate?: string | undefined; readonly minimise?: string | undefined };
  readonly usesPlanCache: boolean;
  readonly interrupt: Interrupt;
}

/** What a command prints, as text and as JSON, and its exit code. */
export interface Answer {
  readonly lines: readonly string[];
  readonly document: unknown;
  readonly code: ExitCode;
}

/** `tessera check SCENARIO`. */
export async function checkRequested({ file, flags, usesPlanCache, interrupt }: CheckRequest): Promise<Answer> {
  if (file === undefined) throw new InputError({ file: 'command line', path: 'FILE', message: 'which scenario?', expected: 'a scenario file' });
  expectLastingObjects();
  const [{ checkLoaded }, { checkOutputFile }, { PlanCache }] = await Promise.all([
    import('../core/run/check-scenario.js'),
    import('../core/document/check-output.js'),
    import('../core/run/plan-cache.js'),
  ]);
  for (const output of [flags.certificate, flags.minimise]) if (output !== undefined) checkOutputFile(output);
  const loaded = await loadRequested({ file, flags }, interrupt);
  const checked = await checkLoaded(loaded, {
    ...flags,
    ...settingsOf(interrupt),
    onBegin: expectWork,
    ...(usesPlanCache ? { planCache: PlanCache.ofUser() } : {}),
  });
  return { lines: linesOf(checked), document: checked, code: checked.isLegal && checked.faults.length === 0 ? ExitCode.asExpected : ExitCode.machineFailed };
}

/** `tessera check --verify CERTIFICATE [SCENARIO]`. */
export async function verifyRequested(certificate: string, { file, flags, usesPlanCache, interrupt }: CheckRequest): Promise<Answer> {
  const [{ readCertificate }, { verify }, { PlanCache }, path] = await Promise.all([
    import('../core/run/read-certificate.js'),
    import('../core/run/verify.js'),
    import('../core/run/plan-cache.js'),
    import('node:path'),
  ]);
  const given = readCertificate(certificate);
  const loaded = await loadRequested({ file: file ?? path.resolve(path.dirname(certificate), given.file), flags, set: given.set }, interrupt);
  const problems = await verify(given, loaded, { ...settingsOf(interrupt), ...(usesPlanCache ? { planCache: PlanCache.ofUser() } : {}) });
  const isVerified = problems.length === 0;
  const verdict = isVerified ? `verified: ${given.schedule.operations} operations, and all inputs are as they were` : 'not verified';
  return {
    lines: [...problems.map((problem) => `  ${problem}`), `${given.scenario}: ${verdict}`],
    document: { scenario: given.scenario, verified: isVerified, problems },
    code: isVerified ? ExitCode.asExpected : ExitCode.machineFailed,
  };
}

/** Our own code looks up often; a mapper that does not is ended by the watchdog. */
function settingsOf(interrupt: Interrupt): Pick<CheckOptions, 'onWarning' | 'shouldStop' | 'startedAt'> {
  return { onWarning: showWarning, shouldStop: () => interrupt.isRequested, startedAt: interrupt.startedAt };
}

function linesOf(checked: CheckedScenario): string[] {
  const { scenario, isLegal, violations, violationCount, operations, cpuSeconds, faults, certificate, minimised, isRaceOpen, unchecked } = checked;
  const lines = violations.map(({ rule, message, advice, file, line }) => {
    const place = file === undefined ? '' : `${file}${line === undefined ? '' : `:${line}`}: `;
    return `  ${place}${rule}: ${message}; to mend it, ${advice}`;
  });
  const count = violationCount === 1 ? '1 violation' : `${violationCount} violations`;
  return [
    ...(isLegal ? [] : [`Illegal schedule: ${count}`, ...lines]),
    ...(violationCount > lines.length ? [`  and ${violationCount - lines.length} more`] : []),
    ...(faults.length > 0 ? ['The sanitizer finds nothing, but the code that certifies does:', ...faults.map((fault) => `  ${fault}`)] : []),
    `${scenario}: ${isLegal ? 'legal' : 'illegal'}; ${operations} operations checked in ${cpuSeconds.toFixed(3)} s of CPU time`,
    ...unchecked.map((note) => `not checked: ${note}`),
    ...(isRaceOpen ? ['hazards: checked: whether operations race is decided by time, `tessera run` says it'] : []),
    ...(certificate === undefined ? [] : [`certificate: ${certificate}`]),
    ...(minimised === undefined ? [] : [minimisedLine(minimised)]),
  ];
}

function minimisedLine({ file, operations, rule, checks, isCutOff }: WrittenMinimum): string {
  const bound = isCutOff ? ', cut off: fewer may do' : '';
  return `${operations === 1 ? '1 operation shows' : `${operations} operations show`} ${rule} (${checks} checks${bound}): ${file}`;
}

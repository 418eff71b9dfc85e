import type { FuzzCase } from './case.js';

/** How a command ended. */
export interface Ending {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly cpuSeconds: number;
  /** Highest resident size of the process so far. */
  readonly peakMiB: number;
  /** Keys that appeared on `Object.prototype`. */
  readonly polluted: readonly string[];
}

export const MAX_CPU_SECONDS = 20;
export const MAX_MIB = 1024;

// eslint-disable-next-line no-control-regex
const HIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
/** `file:line:column:` of a file or of the command line. */
const PLACED = /^(?:[^\s:][^:]*:\d+:\d+: |command line: )/;
const REMARKS = /^(?:warning: |not used: |checkpoint |error: )/;

/** What is wrong with the ending of a case; nothing when it is as it should be. */
export function faultsOf({ seed }: FuzzCase, ending: Ending): string[] {
  const faults: string[] = [];
  const { code, stdout, stderr } = ending;
  if (![0, 1, 2, 3].includes(code)) faults.push(`exit code ${code}`);
  if (HIDDEN.test(stdout) || HIDDEN.test(stderr)) faults.push('control characters');
  if (/^\s+at .*:\d+:\d+\)?$/m.test(stderr)) faults.push('a stack trace');
  if (ending.cpuSeconds > MAX_CPU_SECONDS) faults.push(`${ending.cpuSeconds.toFixed(1)} s`);
  if (ending.peakMiB > MAX_MIB) faults.push(`${ending.peakMiB.toFixed(0)} MiB`);
  if (ending.polluted.length > 0) faults.push(`Object.prototype has ${ending.polluted.join(', ')}`);
  if (code === 2 && !['onnx', 'bytes'].includes(seed.form)) {
    const lines = stderr.split('\n').filter((line) => line !== '' && !REMARKS.test(line));
    const homeless = lines.find((line) => !PLACED.test(line));
    if (homeless !== undefined) faults.push(`no file and line: ${homeless.slice(0, 160)}`);
    if (stderr === '' && !stdout.includes('bad-input')) faults.push('exit code 2 without a message');
  }
  return faults;
}

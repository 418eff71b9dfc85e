import { spawnSync } from 'node:child_process';
import { UsageError } from '../usage-error.js';

/**
 * Runs its arguments under bash's `time`, which prints the CPU time of the finished child (getrusage: user and system, all its
 * threads, and the children that it waited for). The time goes to descriptor 3, so that the command's own output stays as it is.
 */
const TIMED = `exec 4>&2 2>&3; TIMEFORMAT='%3U %3S'; time "$@" 2>&4 3>&- 4>&-`;

const MAX_OUTPUT_BYTES = 2 ** 30;

export interface FinishedProcess {
  /** User and system seconds, in steps of a millisecond; starting the process costs bash about one of them. */
  readonly cpuSeconds: number;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command to its end and says what CPU time it took. Any program can be measured so, ours and a peer's alike: Node's own
 * `process.resourceUsage()` knows nothing of children. UsageError when there is no bash.
 */
export function timedProcess(command: readonly string[], cwd: string): FinishedProcess {
  const child = spawnSync('bash', ['-c', TIMED, 'bash', ...command], {
    cwd,
    encoding: 'utf8',
    maxBuffer: MAX_OUTPUT_BYTES,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  if (child.error !== undefined) {
    const missing = (child.error as NodeJS.ErrnoException).code === 'ENOENT';
    throw missing ? new UsageError('there is no bash here, whose `time` measures the CPU time of processes') : child.error;
  }
  const lastLine = (child.output[3] ?? '').trim().split('\n').pop() ?? '';
  return { cpuSeconds: readTimes(lastLine), exitCode: child.status ?? 128, stdout: child.stdout, stderr: child.stderr };
}

/** `0.120 0.034`, in some languages with a comma: user and system seconds, summed. */
export function readTimes(line: string): number {
  const [user, system] = line.split(/\s+/).map((word) => Number(word.replace(',', '.')));
  if (user === undefined || system === undefined || !Number.isFinite(user + system)) throw new Error(`bash's time said '${line}'`);
  return user + system;
}

/** The process must have ended well: throws with the end of what it wrote. */
export function requireSuccess(finished: FinishedProcess, command: readonly string[]): FinishedProcess {
  if (finished.exitCode === 0) return finished;
  const said = (finished.stderr.trim() || finished.stdout.trim()).slice(-600);
  throw new UsageError(`${command.join(' ')} ended with exit code ${finished.exitCode}: ${said}`);
}

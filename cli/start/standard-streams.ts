import { ExitCode, worstExitCode } from '../exit-codes.js';

/**
 * A reader that leaves early (`| head -1`) changes nothing: what is left to print is dropped in silence, files are written, and the exit
 * code is that of the run. Any other fault of standard output (a full disk behind `>`) is told at the end and is exit code 2.
 * What cannot be said on standard error is not said.
 * @param framework the framework's class: evaluated by now, it has put a listener on standard output that throws
 */
export function guardStandardStreams(framework: object): void {
  let fault: NodeJS.ErrnoException | undefined;
  if (framework !== undefined) process.stdout.removeAllListeners('error');
  process.stdout.on('error', (error: NodeJS.ErrnoException) => (fault ??= error));
  process.stderr.on('error', () => {});
  process.once('exit', () => {
    // The command may be over before the stream has told its listeners: it knows its fault at once.
    fault ??= process.stdout.errored ?? undefined;
    if (fault === undefined || fault.code === 'EPIPE') return;
    process.stderr.write(`standard output: cannot be written (${fault.code ?? fault.message})\n`);
    process.exitCode = worstExitCode([(process.exitCode ?? 0) as ExitCode, ExitCode.badInput]);
  });
}

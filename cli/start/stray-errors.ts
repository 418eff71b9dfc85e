import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ExitCode } from '../exit-codes.js';
import { thrownText } from '../../core/text/thrown.js';

/**
 * Errors that come up outside of every call: a timer of a plugin, a promise that nobody waits for. Node would end with code 1, which means
 * something else. When a third party's script threw, it is named (exit code 2); else it is a bug of ours (70).
 */
export function tellStrayErrors(root: string): void {
  const tell = (thrown: unknown): never => {
    const script = strangeScript(thrown, realpathSync(root));
    const text = thrown instanceof Error ? (script === undefined ? (thrown.stack ?? thrown.message) : thrownText(thrown)) : thrownText(thrown);
    process.stderr.write(script === undefined ? `internal error, please report it: ${text}\n` : `${script}: a plugin failed outside of any call: ${text}\n`);
    process.exit(script === undefined ? ExitCode.internalError : ExitCode.badInput);
  };
  process.on('uncaughtException', tell);
  process.on('unhandledRejection', tell);
}

/** The script, with its line, of the first frame of the stack, unless it is one of ours. */
function strangeScript(thrown: unknown, root: string): string | undefined {
  const frames = (thrown instanceof Error ? (thrown.stack ?? '') : '')
    .split('\n')
    .filter((line) => !line.includes('node:'))
    .map((line) => /\(?((?:file:\/\/|\/|[A-Za-z]:\\)[^()]*?):(\d+):\d+\)?$/.exec(line));
  const first = frames.find((frame) => frame !== null);
  if (first === null || first === undefined) return undefined;
  const [, place = '', line = ''] = first;
  const file = place.startsWith('file://') ? fileURLToPath(place) : place;
  return file.startsWith(root) && !file.includes('node_modules', root.length) ? undefined : `${file}:${line}`;
}

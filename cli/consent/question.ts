import path from 'node:path';
import { createInterface } from 'node:readline';
import type { PluginCode, SourcePlace } from '../../core/index.js';

/** Where a person is asked: both ends are terminals. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

export const ownTerminal = (): Terminal => ({ input: process.stdin, output: process.stderr });

export const isTerminal = ({ input, output }: Terminal): boolean => input.isTTY === true && output.isTTY === true;

export interface Question {
  readonly code: PluginCode;
  readonly place: SourcePlace | undefined;
  /** Other code of the same place was agreed to before. */
  readonly isChanged: boolean;
}

const SHOWN_FILES = 12;

/** Names come from files of strangers: what would move the cursor or hide a line is written out. */
const visible = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);

export function questionText({ code, place, isChanged }: Question): string {
  const { at, files, sha256, specifier, isPackage } = code;
  const where = place === undefined ? '' : `${place.file}${place.line === undefined ? '' : `:${place.line}`}: `;
  const base = isPackage ? at : path.dirname(at);
  const others = [...files.keys()].filter((file) => file !== at).map((file) => `           ${visible(path.relative(base, file))}`);
  const shown = others.length > SHOWN_FILES ? [...others.slice(0, SHOWN_FILES), `           and ${others.length - SHOWN_FILES} more`] : others;
  return [
    `${visible(where)}wants to run code, the plugin '${visible(specifier)}'${isChanged ? ', which HAS CHANGED since you agreed to it' : ''}`,
    `  ${isPackage ? 'package' : 'file   '}  ${visible(at)}`,
    ...(others.length === 0 ? [] : [`  with     ${shown[0]?.trim()}`, ...shown.slice(1)]),
    `  SHA-256  ${sha256}${files.size > 1 ? ` (of all ${files.size} files)` : ''}`,
    'A plugin can do all that you can: read, change and send your files. Your answer is kept until the code changes.',
    'Run it? [y/N] ',
  ].join('\n');
}

/** Asks, and takes nothing but `y` or `yes` for a yes. Ctrl-C is a no, and ends a process that has nothing to save. */
export async function ask(question: Question, { input, output }: Terminal): Promise<boolean> {
  const lines = createInterface({ input, terminal: false });
  const answer = await new Promise<string>((resolve) => {
    const onSignal = (): void => {
      if (process.listenerCount('SIGINT') === 1) process.exit(130);
      lines.close();
    };
    process.on('SIGINT', onSignal);
    lines.once('line', resolve);
    lines.once('close', () => {
      process.off('SIGINT', onSignal);
      resolve('');
    });
    output.write(questionText(question));
  });
  lines.close();
  if (!/^\s*y(es)?\s*$/i.test(answer)) output.write('\n');
  return /^\s*y(es)?\s*$/i.test(answer);
}

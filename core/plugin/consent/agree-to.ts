import { statSync } from 'node:fs';
import path from 'node:path';
import { InputError, type SourcePlace } from '../../errors.js';
import { real } from '../../document/input-files.js';
import { shellWord } from './find-code.js';
import type { PluginCode, PluginPolicy } from './plugin-code.js';

const SHA256 = /^[0-9a-f]{64}$/i;

/**
 * The policy of a program (and of `--allow-plugins`): agrees to what is listed and to nothing else.
 * @param list `all`; SHA-256 of code (that of the whole plugin, or those of each of its files); files and names of packages, whatever they
 * hold. With an empty list no plugin of a scenario runs.
 */
export function agreeTo(list: readonly string[]): PluginPolicy {
  return (code, place) => {
    if (!isListed(code, list)) throw notAgreed(code, place, { list });
  };
}

export function isListed(code: PluginCode, list: readonly string[]): boolean {
  const hashes = new Set(list.filter((word) => SHA256.test(word)).map((word) => word.toLowerCase()));
  if (list.includes('all') || hashes.has(code.sha256) || [...code.files.values()].every((hash) => hashes.has(hash))) return true;
  return list.some((word) => (code.isPackage && word === code.specifier) || (!SHA256.test(word) && real(path.resolve(word)) === code.at));
}

/** InputError for a word of the list that means nothing: it would be passed over in silence. */
export function checkAgreeable(list: readonly string[], place: SourcePlace): void {
  for (const word of list) {
    if (word === 'all' || SHA256.test(word) || statSync(word, { throwIfNoEntry: false }) !== undefined || isPackageLike(word)) continue;
    const isCutHash = /^[0-9a-f]{6,}$/i.test(word);
    throw new InputError({
      ...place,
      message: `'${word}' agrees to nothing: ${isCutHash ? `a SHA-256 has 64 hexadecimal digits, this has ${word.length}` : 'there is no such file'}`,
      expected: 'all, a plugin file, the name of a package, or a SHA-256',
    });
  }
}

const isPackageLike = (word: string): boolean => /^(?:@[\w.~-]+\/)?[\w~-][\w.~-]*$/.test(word) && !/^[0-9a-f]+$/i.test(word) && !/\.[mc]?js$/.test(word);

export interface NotAgreed {
  readonly list?: readonly string[];
  /** Other code of the same place had been agreed to. */
  readonly isChanged?: boolean;
}

/** Exactly what to type. */
export function notAgreed(code: PluginCode, place: SourcePlace | undefined, { list = [], isChanged = false }: NotAgreed = {}): InputError {
  const others = list.filter((word) => SHA256.test(word));
  const why = isChanged ? 'has changed since it was agreed to' : 'is code that nobody has agreed to run';
  const named = shellWord(code.isPackage ? code.specifier : code.at);
  const instead = others.length === 0 ? '' : `, not ${others.join(' or ')}`;
  return new InputError({
    ...place,
    message: `'${code.specifier}' ${why}: ${code.at}, SHA-256 ${code.sha256}${instead}${ofFiles(code)}`,
    expected: `--allow-plugins ${code.sha256}, which agrees to exactly this code (or --allow-plugins ${named}, or all: to whatever is there), or a terminal, on which it is asked once`,
  });
}

/** Of a plugin of several files, that the hash is of all. */
export function ofFiles({ files }: PluginCode): string {
  return files.size === 1 ? '' : ` (of ${files.size} files)`;
}

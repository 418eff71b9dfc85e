import { statSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '../core/errors.js';
import { bareTable } from '../core/text/names.js';

/** `record=ID` and the like as an importer's configuration; numbers, true and false are what they look like. */
export function settingsOf(settings: readonly string[]): Record<string, unknown> {
  const config = bareTable<unknown>();
  for (const setting of settings) {
    const at = setting.indexOf('=');
    if (at <= 0) throw new InputError({ file: 'command line', path: '--with', message: `'${setting}'`, expected: 'KEY=VALUE' });
    config[setting.slice(0, at)] = valueOf(setting.slice(at + 1));
  }
  return config;
}

function valueOf(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** A folder that is there, a name that ends in a separator, or one without an ending. */
export function isFolderName(output: string): boolean {
  const there = statSync(output, { throwIfNoEntry: false });
  if (there !== undefined) return there.isDirectory();
  return /[\\/]$/.test(output) || path.extname(output) === '';
}

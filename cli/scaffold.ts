import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '../core/errors.js';
import { PLUGIN_KINDS, type PluginKind } from '../core/plugin/define-plugin.js';
import { listNames, nearestName } from '../core/document/nearest.js';
import { checkOutputFolder } from '../core/document/check-output.js';
import { writeWhole } from '../core/document/write-whole.js';

const TEMPLATES = fileURLToPath(new URL('./templates', import.meta.url));
const ENDING = '.template';

/** Kinds that are written from the template of another: a link is a network with two ends. */
const TEMPLATE_OF: Partial<Record<PluginKind, string>> = { link: 'network' };

/** Writes a plugin folder that works as it is; returns its files. Nothing that exists is overwritten. */
export function writePluginFolder(kindText: string, name: string, folder: string): string[] {
  const kind = checkKind(kindText);
  checkName(name);
  checkOutputFolder(folder);
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new InputError({ file: folder, message: 'the folder is there already and not empty', expected: 'a folder that is new or empty (--dir FOLDER)' });
  }
  const words: Readonly<Record<string, string>> = { kind, name, className: classNameOf(name) };
  return ['common', TEMPLATE_OF[kind] ?? kind].flatMap((source) => fill(path.join(TEMPLATES, source), folder, words));
}

function fill(templates: string, folder: string, words: Readonly<Record<string, string>>): string[] {
  return readdirSync(templates)
    .filter((file) => file.endsWith(ENDING))
    .sort()
    .map((file) => {
      const text = readFileSync(path.join(templates, file), 'utf8').replace(/\{\{(\w+)\}\}/g, (whole, word: string) => words[word] ?? whole);
      const target = path.join(folder, file.slice(0, -ENDING.length));
      writeWhole(target, text);
      return target;
    });
}

function checkKind(kind: string): PluginKind {
  const found = PLUGIN_KINDS.find((candidate) => candidate === kind);
  if (found !== undefined) return found;
  const nearest = nearestName(kind, PLUGIN_KINDS);
  throw new InputError({
    file: 'command line',
    path: 'KIND',
    message: `no kind of plugin '${kind}'`,
    expected: listNames(PLUGIN_KINDS, 20),
    ...(nearest === undefined ? {} : { nearest }),
  });
}

function checkName(name: string): void {
  if (/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) return;
  throw new InputError({
    file: 'command line',
    path: 'NAME',
    message: `'${name}' is no name for a plugin`,
    expected: 'lower-case words joined by hyphens, e.g. my-core',
  });
}

/** `my-core` -> `MyCore`. */
function classNameOf(name: string): string {
  return name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

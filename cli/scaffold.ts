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
  const templates = ['common', TEMPLATE_OF[kind] ?? kind].flatMap((source) => templatesIn(path.join(TEMPLATES, source)));
  const files = templates.map(({ file }) => file);
  const words: Readonly<Record<string, string>> = {
    kind,
    name,
    className: classNameOf(name),
    files: fileRows(files),
    runLine: files.includes('scenario.yaml') ? 'tessera run scenario.yaml\n' : '',
  };
  return templates.map((template) => fill(template, folder, words));
}

/** What a file of the folder is for; those that are not here need no word. */
const PURPOSES: readonly (readonly [string, string])[] = [
  ['index.js', 'the plugin: what it declares and what it does'],
  ['schema.json', 'its configuration: every key with unit, default and description'],
  ['index.test.js', 'its closed form, tested (`node:test`)'],
  ['scenario.yaml', 'a run that uses it, with what is expected'],
  ['model.yaml', 'a whole network mapped onto it'],
  ['layers.yaml', 'the network that the scenario maps'],
  ['copy.schedule.yaml', 'the schedule that the scenario runs'],
  ['gemm.schedule.yaml', 'the schedule that the scenario runs'],
  ['gemv.schedule.yaml', 'the schedule that the scenario runs'],
];

/** The README's table names the files that are written, and no other. */
function fileRows(files: readonly string[]): string {
  return PURPOSES.filter(([file]) => files.includes(file))
    .map(([file, purpose]) => `| \`${file}\` | ${purpose} |`)
    .join('\n');
}

interface Template {
  readonly source: string;
  /** Name of the file that it becomes. */
  readonly file: string;
}

function templatesIn(folder: string): Template[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(ENDING))
    .sort()
    .map((file) => ({ source: path.join(folder, file), file: file.slice(0, -ENDING.length) }));
}

function fill({ source, file }: Template, folder: string, words: Readonly<Record<string, string>>): string {
  const text = readFileSync(source, 'utf8').replace(/\{\{(\w+)\}\}/g, (whole, word: string) => words[word] ?? whole);
  const target = path.join(folder, file);
  writeWhole(target, text);
  return target;
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

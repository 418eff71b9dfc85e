import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from '../../core/plugin/define-plugin.js';
import type { JsonSchema } from '../../core/document/json-schema.js';
import { lazyFactsOf } from '../../core/plugin/lazy-plugin.js';
import { PUBLIC_MODULES } from '../../core/plugin/public-modules.js';
import { documentSchema, partOfSchema, schemaNames } from '../../core/document/installation.js';
import { builtinPlugins } from '../../plugins/index.js';
import { seldomSource } from './seldom.js';
import { writeValidator } from './validators.js';

/** Parts of document schemas that are validated on their own. */
const SCHEMA_PARTS = [
  ['machine', 'link'],
  ['machine', 'supply'],
] as const;

type Exports = Readonly<Record<string, unknown>>;

/** Validators that nearly every run needs; of plugins, those up to this size stay in the first script, too. */
const USUAL_DOCUMENTS = ['scenario', 'machine', 'machine#link', 'machine#supply', 'schedule'];
const USUAL_BYTES = 40_000;

export interface BundleEntry {
  readonly text: string;
  /** Modules for the second script: their files by the name under which the text asks for them. */
  readonly seldomFiles: Readonly<Record<string, string>>;
}

/**
 * The text of the module that the bundle starts from: the command line with tables of everything that is evaluated only
 * when used. Made from the compiled modules themselves, so that the tables cannot disagree with them.
 */
export async function bundleEntry(root: string, folder: string): Promise<BundleEntry> {
  const dist = path.join(root, 'dist');
  const validators = new ValidatorFiles(folder);
  const text = [
    `import { adoptValidator, main, work } from ${quoted(path.join(dist, 'cli/start/main.js'))};`,
    withValidatorText,
    `const commands = {
      packageJson: ${readFileSync(path.join(root, 'package.json'), 'utf8')},
      manifest: ${readFileSync(path.join(root, 'oclif.manifest.json'), 'utf8')},
      load: ${table(commandLoaders(root, dist))},
    };`,
    `const publicModules = ${table(await publicModules(dist))};`,
    `const plugins = [\n${(await pluginEntries(dist, validators)).join(',\n')}\n];`,
    `const documentValidators = ${table(documentValidators(validators))};`,
    `const bundle = { publicModules, plugins, documentValidators };`,
    `export const run = (root, words) => main(root, words, commands, bundle);`,
    `export const serve = () => work(bundle);`,
  ].join('\n');
  return { text, seldomFiles: validators.seldom };
}

/** The compiled validators, each in a file of its own. */
class ValidatorFiles {
  readonly seldom: Record<string, string> = {};

  constructor(private readonly folder: string) {}

  /** Writes a validator; returns the expression that fetches it. */
  add(name: string, schema: JsonSchema, isUsual: (bytes: number) => boolean): string {
    const file = writeValidator(this.folder, name, schema);
    if (isUsual(statSync(file).size)) return `() => require(${quoted(file)})`;
    this.seldom[name] = file;
    return `() => ${seldomSource(name)}`;
  }
}

const withValidatorText = `function withValidator(plugin, validator) {
  adoptValidator(plugin.configSchema, validator);
  return plugin;
}`;

function commandLoaders(root: string, dist: string): [string, string][] {
  const { commands } = JSON.parse(readFileSync(path.join(root, 'oclif.manifest.json'), 'utf8')) as { commands: Readonly<Record<string, object>> };
  return Object.keys(commands).map((id) => [id, `() => import(${quoted(path.join(dist, 'cli/commands', `${id.replaceAll(':', '/')}.js`))})`]);
}

async function publicModules(dist: string): Promise<[string, string][]> {
  return Promise.all(
    Object.entries(PUBLIC_MODULES).map(async ([specifier, file]): Promise<[string, string]> => {
      const names = Object.keys((await import(pathToFileURL(path.join(dist, file)).href)) as Exports).filter((name) => name !== 'default');
      return [specifier, `{ exportNames: ${JSON.stringify(names)}, load: () => require(${quoted(path.join(dist, file))}) }`];
    }),
  );
}

async function pluginEntries(dist: string, validators: ValidatorFiles): Promise<string[]> {
  const homes = await homesOf(dist);
  return builtinPlugins.map((plugin) => {
    const home = homes.get(plugin);
    if (home === undefined) throw new Error(`built-in plugin '${plugin.name}' is not exported by an index of plugins/`);
    return `{ ...${JSON.stringify(lazyFactsOf(plugin))}, load: () => ${loadText(plugin, home, validators)} }`;
  });
}

function loadText(plugin: Plugin, home: string, validators: ValidatorFiles): string {
  if (!('configSchema' in plugin)) return home;
  const validator = validators.add(`${plugin.kind} ${plugin.name}`, plugin.configSchema, (bytes) => bytes <= USUAL_BYTES);
  return `withValidator(${home}, ${validator})`;
}

/** The expression that gives each built-in plugin: the default export of its folder's index, or an item of it. */
async function homesOf(dist: string): Promise<Map<unknown, string>> {
  const homes = new Map<unknown, string>();
  for (const entry of readdirSync(path.join(dist, 'plugins'), { recursive: true, withFileTypes: true })) {
    if (entry.name !== 'index.js') continue;
    const file = path.join(entry.parentPath, entry.name);
    const { default: exported } = (await import(pathToFileURL(file).href)) as { default?: unknown };
    if (Array.isArray(exported)) exported.forEach((plugin, index) => homes.set(plugin, `require(${quoted(file)}).default[${index}]`));
    else if (exported !== undefined) homes.set(exported, `require(${quoted(file)}).default`);
  }
  return homes;
}

function documentValidators(validators: ValidatorFiles): [string, string][] {
  const schemas = [
    ...schemaNames().map((name) => [name, documentSchema(name)] as const),
    ...SCHEMA_PARTS.map(([name, part]) => [`${name}#${part}`, partOfSchema(name, part)] as const),
  ];
  return schemas.map(([name, schema]) => [name, validators.add(`document ${name}`, schema, () => USUAL_DOCUMENTS.includes(name))]);
}

const quoted = (text: string): string => JSON.stringify(text);

function table(rows: readonly [string, string][]): string {
  return `{\n${rows.map(([key, value]) => `  ${quoted(key)}: ${value},`).join('\n')}\n}`;
}

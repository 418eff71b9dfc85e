import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Source files by path from the root, with forward slashes. */
export type Sources = ReadonlyMap<string, string>;

/** The floors of core, lowest first: a file imports from its own floor and from those below it. Conformance is a program on the public entry point. */
export const FLOORS = [
  'limits',
  'text',
  'errors',
  'kernel',
  'workload',
  'model',
  'schedule/form',
  'certificate',
  'mapping',
  'schedule/resolve',
  'schedule/check',
  'schedule/execute',
  'functional',
  'document',
  'result',
  'analysis',
  'plugin',
  'machine',
  'scenario',
  'run',
  'suite',
  'reference',
  'index',
  'conformance',
] as const;

/** The floors that must also run in a browser tab, without dependency injection. */
const ENGINE = /^core\/(certificate|kernel|model|schedule|functional|workload|mapping|analysis|text)\//;
const ENGINE_PACKAGES = ['heap-js', 'jsep'];
const isEnginePackage = (name: string): boolean => ENGINE_PACKAGES.includes(name) || name.startsWith('@noble/hashes');
const NODE_GLOBALS = /(?<![.\w'"-])(process|Buffer|__dirname|__filename|setImmediate|setTimeout|setInterval|performance)\b(?!['"\w-]|\s*[:?])|\brequire\s*\(/;

/** Public specifiers and the files that they mean, as in tsconfig.json. */
export function publicEntries(root: string): ReadonlyMap<string, string> {
  const { compilerOptions } = JSON.parse(readFileSync(path.join(root, 'tsconfig.json'), 'utf8')) as { compilerOptions: { paths: Record<string, [string]> } };
  return new Map(Object.entries(compilerOptions.paths).map(([name, [file]]) => [name, file.replace(/^\.\//, '')]));
}

export function readSources(root: string, folders: readonly string[]): Sources {
  const sources = new Map<string, string>();
  for (const folder of folders) {
    for (const entry of readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.m?[jt]s$/.test(entry.name)) continue;
      const file = path.join(entry.parentPath, entry.name);
      sources.set(path.relative(root, file).split(path.sep).join('/'), readFileSync(file, 'utf8'));
    }
  }
  return sources;
}

const IMPORT =
  /(?:^|[\s;}])(?:import|export)\s*(?:type\s+)?(?:[\w*{}\s,$]*?\bfrom\s*)?['"]([^'"\n]+)['"]|\bimport\s*\(\s*(?:\/\*.*?\*\/\s*)?['"]([^'"\n]+)['"]/g;

/** What a file imports, also dynamically and for types, as written. */
function specifiersOf(text: string): string[] {
  const code = withoutComments(text);
  const named = [...code.matchAll(IMPORT)].map((match) => (match[1] ?? match[2]) as string);
  return [...named, ...[...code.matchAll(MODULE_URL)].map((match) => match[1] as string)];
}

/** A module that is asked for in another way: a worker, `require`, a reference of a type. */
const MODULE_URL = /(?:new\s+URL\s*\(|\b\w*[rR]equire\w*\s*(?:\([^()]*\)\s*)?\(|<reference\s+path=)\s*['"`]([^'"`\n]+\.(?:[mc]?[jt]s))['"`]/g;

/** An import whose target no test can read. */
const COMPUTED_IMPORT = /\bimport\s*\(\s*(?!\/\*|['"])/;
/** Third-party plugins have the names that scenarios give them, and the hook that loads them is a script of its own. */
const MAY_COMPUTE = ['core/plugin/discovery.ts', 'core/plugin/tessera-import.ts'];

/** Relative specifiers as paths from the root, packages as they are. */
function targetOf(file: string, specifier: string): string {
  return specifier.startsWith('.') ? path.posix.join(path.posix.dirname(file), specifier).replace(/\.js$/, '.ts') : specifier;
}

/** Comments go, texts stay: what looks like a comment inside a text is none. */
function withoutComments(text: string): string {
  const pieces = /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|(?<=^|[\s;,{}()])\/\/[^\n]*/gm;
  return text.replace(pieces, (_, kept: string | undefined) => kept ?? '');
}

function withoutTexts(code: string): string {
  return code.replace(/"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g, "''");
}

/** Every line of the layering that a set of sources breaks, as sentences; empty when it holds. */
export function layerViolations(sources: Sources, entries: ReadonlyMap<string, string>): string[] {
  return [...sources].flatMap(([file, text]) => {
    const broken = specifiersOf(text).flatMap((specifier) => {
      const target = targetOf(file, specifier);
      const reason = forbidden(file, target, entries);
      return reason === undefined ? [] : [`${file} imports ${target}: ${reason}`];
    });
    const code = withoutComments(text);
    if (ENGINE.test(file) && NODE_GLOBALS.test(withoutTexts(code))) broken.push(`${file} uses a global of Node: the engine knows no Node API`);
    const isComputed = /^(core|plugins)\//.test(file) && !MAY_COMPUTE.includes(file) && COMPUTED_IMPORT.test(code);
    if (isComputed) broken.push(`${file} imports what it computes: name the module`);
    return broken;
  });
}

function forbidden(file: string, target: string, entries: ReadonlyMap<string, string>): string | undefined {
  if (/^(\.\.|\/|file:|dist\/|bin\/)/.test(target)) return 'a path out of the sources';
  const isPackage = !/^(core|plugins|cli|tools|bench|tests|schemas|scenarios)\//.test(target) && !/^package\.json$/.test(target);
  if (isPackage && ENGINE.test(file) && !isEnginePackage(target)) return 'the engine imports no Node API, tsyringe, ajv or eventemitter3';
  const isOurs = /^tessera(-sim)?(\/|$)/.test(target);
  if (isOurs && /^(core|cli)\//.test(file)) return 'a public specifier: for plugins, tools, benchmarks and third parties';
  if (file.startsWith('core/')) return isPackage ? undefined : coreImport(file, target);
  if (file === 'plugins/index.ts')
    return /^plugins\/[^/]+\/[^/]+\/index\.ts$/.test(target) || target === 'tessera-sim' ? undefined : 'the list imports plugins only';
  if (file.startsWith('plugins/')) return pluginImport(file, target, isPackage, entries);
  if (isPackage) return undefined;
  if (file.startsWith('cli/'))
    return /^(core|cli)\//.test(target) || target === 'plugins/index.ts' ? undefined : 'the command line imports core and the list of plugins';
  const own = `${file.split('/')[0]}/`;
  const isPublic = target === 'plugins/index.ts' || [...entries.values()].includes(target);
  if (file.startsWith('tools/'))
    return isPublic || target.startsWith(own) || target.startsWith('core/') ? undefined : 'a tool imports core, the list of plugins and public entry points';
  if (file.startsWith('bench/')) return isPublic || target.startsWith(own) ? undefined : 'a benchmark imports the list of plugins and public entry points';
  return undefined;
}

/** The floor of a file of core by its longest matching prefix; -1 for a folder that is on no floor. */
function floorOf(file: string): number {
  const inner = file.replace(/^core\//, '').replace(/\.ts$/, '');
  if (inner === 'schedule/index') return FLOORS.indexOf('schedule/execute');
  return FLOORS.findLastIndex((floor) => inner === floor || inner.startsWith(`${floor}/`));
}

function coreImport(file: string, target: string): string | undefined {
  if (!target.startsWith('core/')) return 'core imports nothing outside of core';
  const [own, other] = [floorOf(file), floorOf(target)];
  if (own < 0) return `${path.posix.dirname(file)} is on no floor: add it to FLOORS`;
  if (other < 0) return `${path.posix.dirname(target)} is on no floor: add it to FLOORS`;
  return other <= own ? undefined : `an arrow up, from floor ${FLOORS[own]} to ${FLOORS[other]}`;
}

const pluginFolder = (file: string): string => /^plugins\/[^/]+\/[^/]+\//.exec(file)?.[0] ?? 'plugins/none/';

function pluginImport(file: string, target: string, isPackage: boolean, entries: ReadonlyMap<string, string>): string | undefined {
  if (!isPackage)
    return target.startsWith(pluginFolder(file)) ? undefined : 'a plugin imports its own folder and public specifiers (`tessera-sim`, `tessera-sim/dram`, ...)';
  if (/^tessera(-sim)?(\/|$)/.test(target)) return entries.has(target) ? undefined : 'there is no such public specifier';
  return /^(tsyringe|reflect-metadata|@oclif)/.test(target) ? 'a plugin gets all it needs in its context' : undefined;
}

/** Circles of imports, those for types counted, each as the list of its files; by Tarjan's algorithm (1972). */
export function importCircles(sources: Sources, entries: ReadonlyMap<string, string>): string[][] {
  const next = (file: string): string[] =>
    specifiersOf(sources.get(file) ?? '')
      .map((specifier) => entries.get(specifier) ?? targetOf(file, specifier))
      .map((target) => (sources.has(target) ? target : target.replace(/\.ts$/, '.js')))
      .filter((target) => sources.has(target));
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string): number => {
    index.set(file, index.size);
    low.set(file, index.get(file)!);
    open.push(file);
    for (const target of next(file)) {
      if (!index.has(target)) low.set(file, Math.min(low.get(file)!, visit(target)));
      else if (open.includes(target)) low.set(file, Math.min(low.get(file)!, index.get(target)!));
    }
    if (low.get(file) === index.get(file)) {
      const circle = open.splice(open.indexOf(file));
      if (circle.length > 1) circles.push(circle.sort());
    }
    return low.get(file)!;
  };
  for (const file of sources.keys()) if (!index.has(file)) visit(file);
  return circles;
}

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Source files by path from the root, with forward slashes. */
export type Sources = ReadonlyMap<string, string>;

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

const IMPORT = /(?:^|[\s;}])(?:import|export)\s*(?:type\s+)?(?:[\w*{}\s,$]*?\bfrom\s*)?['"]([^'"\n]+)['"]|\bimport\s*\(\s*(?:\/\*.*?\*\/\s*)?['"]([^'"\n]+)['"]/g;

/** What a file imports, also dynamically and for types: relative imports as paths from the root, packages as they are. */
export function importsOf(file: string, text: string): string[] {
  return [...withoutComments(text).matchAll(IMPORT)].map((match) => {
    const specifier = (match[1] ?? match[2]) as string;
    return specifier.startsWith('.') ? path.posix.join(path.posix.dirname(file), specifier).replace(/\.js$/, '.ts') : specifier;
  });
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

/** The parts of core that must also run in a browser tab, without dependency injection. */
const ENGINE = /^core\/(kernel|model|schedule|workload|estimate)\//;
const ENGINE_PACKAGES = ['heap-js', 'fastest-levenshtein', 'jsep'];
const isEnginePackage = (name: string): boolean => ENGINE_PACKAGES.includes(name) || name.startsWith('@noble/hashes');
const NODE_GLOBALS = /\b(process|Buffer|__dirname|__filename|setImmediate)\s*[.(]|\brequire\s*\(/;

const pluginFolder = (file: string): string | undefined => /^plugins\/[^/]+\/[^/]+\//.exec(file)?.[0];

/** Every line of the layering that a set of sources breaks, as sentences; empty when it holds. */
export function layerViolations(sources: Sources): string[] {
  return [...sources].flatMap(([file, text]) => {
    const broken = importsOf(file, text).flatMap((target) => {
      const reason = forbidden(file, target);
      return reason === undefined ? [] : [`${file} imports ${target}: ${reason}`];
    });
    const usesNode = ENGINE.test(file) && NODE_GLOBALS.test(withoutComments(text));
    return usesNode ? [...broken, `${file} uses a global of Node: the engine knows no Node API`] : broken;
  });
}

function forbidden(file: string, target: string): string | undefined {
  const isRelative = /^(core|plugins|cli|tools|bench|tests|schemas|scenarios)\//.test(target);
  if (ENGINE.test(file) && !isRelative && !isEnginePackage(target)) return 'the engine imports no Node API, tsyringe, ajv or eventemitter3';
  if (!isRelative) return file.startsWith('plugins/') && /^(tsyringe|reflect-metadata|@oclif)/.test(target) ? 'a plugin gets all it needs in its context' : undefined;
  if (file.startsWith('core/')) return target.startsWith('core/') ? undefined : 'core imports nothing outside of core';
  if (file === 'plugins/index.ts') return /^plugins\/[^/]+\/[^/]+\/index\.ts$/.test(target) || target === 'core/index.ts' ? undefined : 'the list imports plugins only';
  if (file.startsWith('plugins/')) return pluginImport(file, target);
  if (file.startsWith('cli/')) return /^(core|cli)\//.test(target) || target === 'plugins/index.ts' ? undefined : 'the command line imports core and the list of plugins';
  return undefined;
}

function pluginImport(file: string, target: string): string | undefined {
  if (target === 'core/index.ts' || target.startsWith(pluginFolder(file) ?? 'plugins/none/')) return undefined;
  if (/^plugins\/[^/]+\/[^/]+\/api\.ts$/.test(target)) return undefined;
  return target.startsWith('core/') ? "of core, a plugin imports core/index.ts only" : "of another plugin, a plugin imports api.ts only";
}

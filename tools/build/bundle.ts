import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';
import { digestOf } from '../../core/kernel/digest.js';
import { PUBLIC_MODULES } from '../../core/plugin/public-modules.js';
import { bundleEntry } from './bundle-entry.js';
import { lazyModules, moduleSyntax, oclifInParts, type LazyModule } from './bundle-plugins.js';
import { seldomSource } from './seldom.js';

/** Libraries that only some runs need, ours and oclif's: they are in a script of their own, read at their first use. */
const SELDOM = ['ajv/dist/2020.js', 'protobufjs/light.js'];
const SELDOM_OF_OCLIF = ['cli-spinners', 'ejs', 'lilconfig', 'minimatch', 'tinyglobby'];

/** Parts of Node that take their time to load; oclif asks for them whether it uses them or not. */
const SELDOM_OF_NODE = ['node:child_process', 'node:readline', 'node:perf_hooks'];

/**
 * Writes `dist/bundle/`: the command line, core, all built-in plugins and the libraries that every run needs in one script,
 * what few runs need in a second.
 */
export async function writeBundle(root: string): Promise<string[]> {
  const folder = path.join(root, 'dist', 'bundle');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { text, seldomFiles } = await bundleEntry(root, path.join(folder, 'validators'));
  const libraries = seldomLibraries(root);
  const lazy = new Map<string, LazyModule>([
    ...Object.entries(libraries).map(([name, file]) => [name, { file, source: seldomSource(name) }] as const),
    ...SELDOM_OF_NODE.map((name) => [name, { file: name, source: `require('${name}')` }] as const),
  ]);
  const plugins = [moduleSyntax(root), oclifInParts(root), lazyModules(lazy)];
  return [
    await writeScript(path.join(folder, 'tessera.cjs'), root, text, plugins),
    await writeScript(path.join(folder, 'seldom.cjs'), root, seldomEntry({ ...libraries, ...seldomFiles }), []),
  ];
}

function seldomLibraries(root: string): Record<string, string> {
  const ours = createRequire(path.join(root, 'package.json'));
  const oclifs = createRequire(ours.resolve('@oclif/core'));
  return Object.fromEntries([...SELDOM.map((name) => [name, ours.resolve(name)]), ...SELDOM_OF_OCLIF.map((name) => [name, oclifs.resolve(name)])]);
}

function seldomEntry(files: Readonly<Record<string, string>>): string {
  const loaders = Object.entries(files).map(([name, file]) => `  ${JSON.stringify(name)}: () => require(${JSON.stringify(file)}),`);
  return `module.exports = {\n${loaders.join('\n')}\n};`;
}

async function writeScript(file: string, root: string, contents: string, plugins: Plugin[]): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root, sourcefile: 'entry.js' },
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    // A script of node:vm cannot import: what is imported by a name is in the bundle, or is required from Node.
    supported: { 'dynamic-import': false },
    alias: Object.fromEntries(Object.entries(PUBLIC_MODULES).map(([name, target]) => [name, path.join(root, 'dist', target)])),
    // Names stay as they are: an internal error is reported with its stack.
    minifyWhitespace: true,
    minifySyntax: true,
    logLevel: 'error',
    plugins,
  });
  const text = wrapped(outputFiles[0]?.text ?? '');
  // The digest names the script's code caches: one of another build is never taken.
  writeFileSync(file, `/*${digestOf(text).slice(0, 16)}*/${text}`);
  return file;
}

/** A function, as Node makes one of every CommonJS file; `bin/load-bundle.js` calls it. */
function wrapped(text: string): string {
  const fileUrl = "const __fileUrl = (file) => require('node:url').pathToFileURL(`${__root}/${file}`).href;";
  return `(function (exports, require, module, { root: __root, seldom: __seldom, importModule: __import }) {${fileUrl}\n${text}\n})`;
}

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { InputError } from '../core/errors.js';
import { callTool } from '../core/run/call-tool.js';
import { validated } from '../core/document/validate.js';
import type { PluginRegistry } from '../core/plugin/registry.js';
import type { ResultStore, SuiteRunner } from '../core/plugin/suite-plugins.js';

const MAX_JOBS_AT_A_TIME = 1024;

/** Reads `--jobs`: a number, or `auto` for one a core. */
export function readJobs(text: string): number {
  if (text === 'auto') return availableParallelism();
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= MAX_JOBS_AT_A_TIME) return number;
  throw new InputError({ file: 'command line', path: '--jobs', message: `'${text}' is no number of jobs`, expected: `1 to ${MAX_JOBS_AT_A_TIME}, or auto` });
}

/** The runner that `--runner` names; without it, worker processes. */
export async function runnerOf(
  name: string | undefined,
  workers: number,
  registry: PluginRegistry,
): Promise<{ readonly runner: SuiteRunner; readonly isIsolated: boolean }> {
  const plugin = registry.get('runner', name ?? 'pool', { file: 'command line', path: '--runner' });
  if (plugin.name === 'in-process' && workers > 1) {
    throw new InputError({ file: 'command line', path: '--jobs', message: `${workers} jobs at a time, but 'in-process' runs one`, expected: '--runner pool' });
  }
  const tool = { kind: 'runner', name: plugin.name, place: { file: 'command line', path: '--runner' } } as const;
  const config: Readonly<Record<string, unknown>> = validated(plugin.configSchema, {}, { owner: `plugin '${plugin.name}'` });
  const runner = await callTool(registry, tool, () => plugin.create(config));
  const named: SuiteRunner = { run: (jobs, store, context) => callTool(registry, tool, () => runner.run(jobs, store, context)) };
  return { runner: named, isIsolated: plugin.runsHere !== true };
}

/** Opens the store of `--store`: a folder, or `NAME:LOCATION` of another store plugin. A misspelt name makes no folder of that name. */
export async function openStore(text: string, registry: PluginRegistry): Promise<ResultStore> {
  const [, name = '', location = ''] = /^([a-z][a-z0-9-]*):(.*)$/.exec(text) ?? [];
  const isStore = name.length > 1 && !existsSync(text);
  const named = isStore ? registry.get('store', name, { file: 'command line', path: '--store' }) : registry.find('store', name);
  const plugin = named ?? registry.get('store', 'folder');
  const tool = { kind: 'store', name: plugin.name, place: { file: 'command line', path: '--store' } } as const;
  const config: Readonly<Record<string, unknown>> = validated(plugin.configSchema, {}, { owner: `plugin '${plugin.name}'` });
  const store = await callTool(registry, tool, () => plugin.open(named === undefined ? text : location, config));
  return {
    has: (key) => callTool(registry, tool, () => store.has(key)),
    put: (key, result) => callTool(registry, tool, () => store.put(key, result)),
    // What it throws there tells how a result is damaged: it is run again.
    get: (key) => store.get(key),
  };
}

/** A store for the results of this process; it goes with it. */
export async function temporaryStore(registry: PluginRegistry): Promise<ResultStore> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tessera-suite-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return registry.get('store', 'folder').open(folder, {});
}

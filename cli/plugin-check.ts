import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { BLOCK_CONTRACT, isBlockPlugin } from '../core/conformance/block-contract.js';
import { InputError } from '../core/errors.js';
import type { Plugin } from '../core/plugin/define-plugin.js';
import { agreeTo } from '../core/plugin/consent/agree-to.js';
import { CodeOrigins } from '../core/plugin/consent/code-origins.js';
import type { PluginPolicy } from '../core/plugin/consent/plugin-code.js';
import { loadPlugins } from '../core/plugin/discovery.js';
import type { JsonSchema } from '../core/document/json-schema.js';
import type { PluginRegistry } from '../core/plugin/registry.js';
import { compileSchema } from '../core/document/validate.js';
import { exportAll, exportersFor } from '../core/run/export-results.js';
import { loadScenario, type LoadOptions } from '../core/scenario/load.js';
import { runScenario } from '../core/run/run.js';
import { reasonsOf, verdictOf } from '../core/result/verdict.js';
import { thrownMessage } from '../core/text/thrown.js';

export interface PluginCheck {
  /** What was checked, e.g. `contract of my-core: leaves no event behind`. */
  readonly name: string;
  /** Undefined when it holds. */
  readonly problem?: string;
}

/**
 * Checks a plugin folder: it loads, keeps the contract, passes its own tests, and its scenarios end as they expect. All code of the folder
 * runs: whoever names it agrees to that.
 * @param options say which code from elsewhere the scenarios may run.
 */
export async function checkPluginFolder(folder: string, builtins: PluginRegistry, options: LoadOptions): Promise<PluginCheck[]> {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new InputError({ file: folder, message: 'no such folder', expected: 'a folder with an index.js' });
  }
  const entry = path.resolve(folder, 'index.js');
  const plugins = await loadPlugins(builtins.extend(), entry, entry, { file: entry }, undefined);
  const checks: PluginCheck[] = [{ name: `loads: ${plugins.map(({ kind, name }) => `${kind} ${name}`).join(', ')}` }];
  for (const plugin of plugins) checks.push(...contractChecks(plugin));
  checks.push(...ownTests(folder));
  for (const file of scenariosIn(folder)) checks.push(await checkScenario(file, builtins, { ...options, plugins: agreeToFolder(folder, options.plugins) }));
  return checks;
}

function contractChecks(plugin: Plugin): PluginCheck[] {
  const checks: PluginCheck[] = [];
  if ('configSchema' in plugin) checks.push(check(`schema of ${plugin.name} is JSON Schema 2020-12`, () => schemaProblem(plugin.name, plugin.configSchema)));
  if (isBlockPlugin(plugin)) for (const rule of BLOCK_CONTRACT) checks.push(check(`${plugin.name} ${rule.name}`, () => rule.check(plugin)));
  return checks;
}

function schemaProblem(name: string, schema: JsonSchema): string | undefined {
  compileSchema(schema, `plugin '${name}'`);
  const bare = Object.entries(schema.properties ?? {}).find(([, property]) => !property.description);
  return bare === undefined ? undefined : `'${bare[0]}' has no description`;
}

function check(name: string, run: () => string | undefined): PluginCheck {
  try {
    const problem = run();
    return problem === undefined ? { name } : { name, problem };
  } catch (error) {
    return { name, problem: thrownMessage(error) };
  }
}

/** Runs `*.test.js` of the folder, with `tessera` resolved to this installation. A file of Node's test runner needs no `--test`, which starts two processes. */
function ownTests(folder: string): PluginCheck[] {
  const tests = readdirSync(folder)
    .filter((file) => file.endsWith('.test.js'))
    .sort();
  const hook = new URL('../core/plugin/register-tessera.js', import.meta.url).href;
  return tests.map((test): PluginCheck => {
    const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...env } = process.env;
    const run = spawnSync(process.execPath, ['--import', hook, path.resolve(folder, test)], { encoding: 'utf8', env });
    return run.status === 0 ? { name: `test ${test}` } : { name: `test ${test}`, problem: `${run.stdout}${run.stderr}`.trim().slice(0, 4000) };
  });
}

function scenariosIn(folder: string): string[] {
  const isScenario = (file: string): boolean => /\.ya?ml$/.test(file) && /^tessera:\s*1\b/m.test(readFileSync(path.join(folder, file), 'utf8'));
  return readdirSync(folder)
    .filter(isScenario)
    .sort()
    .map((file) => path.join(folder, file));
}

/** Agrees to code that lies in the folder with all that it imports, and leaves the rest to another policy. */
function agreeToFolder(folder: string, others: PluginPolicy = agreeTo([])): PluginPolicy {
  const own = new CodeOrigins([folder]);
  return (code, place) => ([...code.files.keys()].every((file) => own.has(file)) ? undefined : others(code, place));
}

async function checkScenario(file: string, builtins: PluginRegistry, options: LoadOptions): Promise<PluginCheck> {
  const name = `scenario ${path.basename(file)}`;
  try {
    const { scenario, registry } = await loadScenario(file, builtins, options);
    const exporters = exportersFor(scenario.outputs, [], registry);
    const result = await runScenario(scenario, registry, {
      trace: exporters.some(({ plugin }) => plugin.needsTrace),
      keepSchedule: exporters.some(({ plugin }) => plugin.needsSchedule === true),
    });
    await exportAll(exporters, [result], registry);
    return verdictOf(result) === 'as-expected' ? { name } : { name, problem: reasonsOf(result).join('\n') };
  } catch (error) {
    return { name, problem: thrownMessage(error) };
  }
}

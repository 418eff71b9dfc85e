import path from 'node:path';
import { agreeTo, digestOf } from 'tessera-sim';
import { PluginRegistry } from '../../core/plugin/registry.js';
import type { ResultDigests } from '../../core/result/digests.js';
import { crosscheckFile } from '../../core/reference/crosscheck.js';
import { loadScenario } from '../../core/scenario/load.js';
import { loadSuite } from '../../core/suite/points.js';
import { runScenario } from '../../core/run/run.js';
import { builtinPlugins } from '../../plugins/index.js';
import { goldenFiles, kindOf } from '../accuracy/golden-files.js';

export interface CrosscheckDigest {
  readonly records: number;
  /** Of all simulated values, in the order of the records. */
  readonly digest: string;
}

const FOLDERS = ['scenarios', 'docs/examples'];

/** Digests of every scenario of the repository and of every run of its suites, by file and what an axis sets. */
export async function scenarioDigests(onRun: (name: string) => void, filter = ''): Promise<Record<string, ResultDigests>> {
  const digests: Record<string, ResultDigests> = {};
  for (const { file, set, setPlaces } of loadSuite(FOLDERS)) {
    const settings = Object.entries(set).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
    const name = `${path.relative(process.cwd(), file).split(path.sep).join('/')}${settings.join('')}`;
    if (digests[name] !== undefined || !name.includes(filter)) continue;
    onRun(name);
    const { scenario, registry } = await loadScenario(file, new PluginRegistry(builtinPlugins), { set, setPlaces, plugins: agreeTo(['all']) });
    digests[name] = (await runScenario(scenario, registry)).digests;
  }
  return digests;
}

/** Digests of all simulated values of every reference file of the repository. */
export async function crosscheckDigests(onRun: (name: string) => void, filter = ''): Promise<Record<string, CrosscheckDigest>> {
  const digests: Record<string, CrosscheckDigest> = {};
  for (const file of goldenFiles().filter((name) => kindOf(name) !== undefined && name.includes(filter))) {
    onRun(file);
    const { records } = await crosscheckFile(file, new PluginRegistry(builtinPlugins));
    const values = records.map(({ id, metrics, failed }) => [id, failed ?? Object.entries(metrics).map(([name, { simulated }]) => [name, simulated])]);
    digests[file.split(path.sep).join('/')] = { records: records.length, digest: digestOf(values) };
  }
  return digests;
}

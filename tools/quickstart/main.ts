import { writeExported } from '../../core/document/output-files.js';
import { PluginRegistry } from '../../core/plugin/registry.js';
import { exportAll, exporterNamed, exportText } from '../../core/run/export-results.js';
import { loadScenario } from '../../core/scenario/load.js';
import { runScenario } from '../../core/run/run.js';
import type { RunResult } from '../../core/result/run-result.js';
import { reasonsOf, verdictOf } from '../../core/result/verdict.js';
import { builtinPlugins } from '../../plugins/index.js';

const SCENARIOS = ['scenarios/quickstart/layer-by-layer.yaml', 'scenarios/quickstart/depth-first.yaml'];
const FOLDER = 'out/quickstart';

/** The main job, `npm start`: one model, one machine, two schedules; which is faster, by how much, and why. */
async function main(): Promise<void> {
  const registry = new PluginRegistry(builtinPlugins);
  const results: RunResult[] = [];
  for (const file of SCENARIOS) {
    const { scenario } = await loadScenario(file, registry);
    process.stderr.write(`simulating ${scenario.name} ...\n`);
    results.push(await runScenario(scenario, registry, { trace: true }));
  }
  const report = writeExported(exportAll([exporterNamed('html-report', registry)], results), FOLDER);
  const traces = results.flatMap((result) => writeExported(exportAll([exporterNamed('chrome-trace', registry)], [result]), `${FOLDER}/${result.scenario}`));
  process.stdout.write(`${exportText('table', results, registry) ?? ''}\n`);
  for (const result of results) for (const reason of reasonsOf(result)) process.stdout.write(`${result.scenario}: ${reason}\n`);
  process.stdout.write(`\nreport: ${report.join(', ')}   (open it in a browser)\ntraces: ${traces.join(', ')}   (open one at ui.perfetto.dev)\n`);
  if (!results.every((result) => verdictOf(result) === 'as-expected')) process.exitCode = 1;
}

await main();

import path from 'node:path';
import { Flags } from '@oclif/core';
import type { RunResult } from '../../core/result/run-result.js';
import { planCacheFlag, sharedFlags, TesseraCommand } from '../base-command.js';
import { ExitCode, worstExitCode } from '../exit-codes.js';
import { Interrupt } from '../interrupt.js';
import type { Outputs } from '../outputs.js';
import { ProgressLine } from '../progress-line.js';

const SCENARIOS = ['tessera:scenarios/quickstart/layer-by-layer.yaml', 'tessera:scenarios/quickstart/depth-first.yaml'];

export default class Quickstart extends TesseraCommand {
  static override summary = 'Run ResNet-18 on four cores twice, layer by layer and fused, and say which is faster and why';
  static override description = `One model, one machine, two schedules: both are validated against their estimates and compared. Writes an HTML report and a
timeline of each run. The scenarios lie in the installation; name them 'tessera:scenarios/quickstart/depth-first.yaml' from anywhere.`;
  static override examples = [
    { description: 'The tables on the terminal, report and traces in out/quickstart', command: '<%= config.bin %> quickstart' },
    { description: 'Into a folder of your own', command: '<%= config.bin %> quickstart -o report' },
  ];
  static override flags = {
    output: Flags.string({ char: 'o', description: 'Folder for the report and the traces', default: 'out/quickstart', helpValue: 'FOLDER' }),
    progress: sharedFlags.progress,
    ...planCacheFlag,
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Quickstart);
    const { loadRequested, runLoaded, exitCodeOfResult } = await import('../run-scenario.js');
    (await import('../../core/document/check-output.js')).checkOutputFolder(flags.output, ['report.html']);
    const interrupt = new Interrupt();
    const results: RunResult[] = [];
    for (const file of SCENARIOS) {
      if (interrupt.isRequested) break;
      const loaded = await loadRequested({ file, flags: {} }, interrupt);
      if (!this.jsonEnabled()) process.stderr.write(`simulating ${loaded.scenario.name} ...\n`);
      const { result } = await runLoaded(loaded, {
        line: new ProgressLine(flags.progress),
        interrupt,
        label: loaded.scenario.name,
        exporters: [],
        trace: true,
        usesPlanCache: flags['plan-cache'],
      });
      results.push(result);
    }
    interrupt.dispose();
    const outputs = this.outputs();
    await this.export(results, outputs, flags.output);
    const codes = await Promise.all(results.map(exitCodeOfResult));
    this.endWith(interrupt.isRequested ? ExitCode.interrupted : outputs.codeWith(worstExitCode(codes)));
    const { resultDocument } = await import('../../core/result/verdict.js');
    return { results: results.map(resultDocument) };
  }

  private async export(results: readonly RunResult[], outputs: Outputs, folder: string): Promise<void> {
    const [{ builtinRegistry }, { exporterNamed, exportText }, { reasonsOf }] = await Promise.all([
      import('../engine.js'),
      import('../../core/run/export-results.js'),
      import('../../core/result/verdict.js'),
    ]);
    const registry = await builtinRegistry();
    this.log((await exportText('table', results, registry)) ?? '');
    for (const result of results) for (const reason of reasonsOf(result)) this.log(`${result.name}: ${reason}`);
    const write = (exporter: string, shown: readonly RunResult[], target: string): Promise<string[]> =>
      outputs.export([exporterNamed(exporter, registry)], shown, registry, target);
    const report = await write('html-report', results, folder);
    const traces: string[] = [];
    for (const result of results) traces.push(...(await write('chrome-trace', [result], path.join(folder, result.scenario))));
    if (report.length > 0) this.log(`\nreport: ${report.join(', ')}   (open it in a browser)`);
    if (traces.length > 0) this.log(`traces: ${traces.join(', ')}   (open one at ui.perfetto.dev)`);
  }
}

import { Args, Flags } from '@oclif/core';
import { TesseraCommand } from '../base-command.js';
import { ExitCode } from '../exit-codes.js';

/** What a person wants of finished runs; timelines are not in a result document. */
const DEFAULT_EXPORTERS = ['html-report', 'csv', 'table'];

export default class Report extends TesseraCommand {
  static override summary = 'Make tables and an HTML report from result documents';
  static override description =
    'Reads results printed by `tessera run --json` (one file or several) and writes what the exporters make of them. Timelines need a trace: use `tessera run -o FOLDER` for these.';
  static override strict = false;
  static override examples = [
    { description: 'One report of two runs', command: '<%= config.bin %> report layer-by-layer.json fused.json -o report' },
    { description: 'Only the CSV tables', command: '<%= config.bin %> report result.json -e csv -o tables' },
  ];
  static override args = { result: Args.string({ description: 'Result document, JSON (several may be given)', required: true }) };
  static override flags = {
    output: Flags.string({ char: 'o', description: 'Folder for the files', default: 'report', helpValue: 'FOLDER' }),
    export: Flags.string({
      char: 'e',
      description: 'Exporter to use (repeatable; default: html-report, csv, table)',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'NAME',
    }),
  };

  async run(): Promise<unknown> {
    const { argv, flags } = await this.parse(Report);
    const [{ builtinRegistry }, { readResults }, { namedApart }, { exportersFor }, { checkOutputFolder }] = await Promise.all([
      import('../engine.js'),
      import('../../core/result/read-results.js'),
      import('../../core/result/kinds.js'),
      import('../../core/run/export-results.js'),
      import('../../core/document/check-output.js'),
    ]);
    const registry = await builtinRegistry();
    const read = (argv as string[]).flatMap((file) => readResults(file).map((result) => ({ file, result })));
    const results = namedApart(
      read.map(({ result }) => result),
      (index) => read[index]!.file,
    );
    const exporters = exportersFor([], flags.export ?? DEFAULT_EXPORTERS, registry);
    checkOutputFolder(
      flags.output,
      exporters.flatMap(({ plugin }) => plugin.writes ?? []),
    );
    const outputs = this.outputs();
    for (const line of await outputs.export(exporters, results, registry, flags.output)) this.log(`written: ${line}`);
    this.endWith(outputs.codeWith(ExitCode.asExpected));
    return { written: outputs.written };
  }
}

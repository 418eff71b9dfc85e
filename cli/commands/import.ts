import { Args, Flags } from '@oclif/core';
import { showWarning, TesseraCommand } from '../base-command.js';

export default class Import extends TesseraCommand {
  static override summary = "Read another tool's files and print what comes out in Tessera's own form";
  static override description = `Importer plugins read machines, models, mappings, schedules and estimates; 'tessera plugin list importer' shows which. One part is printed
as it is, several by name; what was not used is listed on standard error.`;
  static override examples = [
    { description: 'A model as layers', command: '<%= config.bin %> import scenarios/models/resnet8.onnx --json' },
    {
      description: 'With a named importer, into a file',
      command: '<%= config.bin %> import scenarios/models/two-layers.yaml --importer layers -o layers.json',
    },
  ];
  static override args = { file: Args.string({ description: 'File to read; further files that belong to it follow', required: true }) };
  static override strict = false;
  static override flags = {
    importer: Flags.string({ description: 'Importer plugin (default: the one that recognises the first file)', helpValue: 'NAME' }),
    output: Flags.string({ char: 'o', description: 'File to write (default: standard output)', helpValue: 'FILE' }),
    plugin: Flags.string({ description: 'Load this plugin file or package too (repeatable)', multiple: true, multipleNonGreedy: true, helpValue: 'FILE' }),
  };

  async run(): Promise<unknown> {
    const { argv, flags } = await this.parse(Import);
    const [{ registryWith }, { importFiles }, { writeWhole }, { unusedLine }] = await Promise.all([
      import('../engine.js'),
      import('../../core/run/import-file.js'),
      import('../../core/document/write-whole.js'),
      import('../../core/plugin/import-source.js'),
    ]);
    if (flags.output !== undefined) (await import('../../core/document/check-output.js')).checkOutputFile(flags.output);
    const imported = await importFiles(argv as string[], await registryWith(flags.plugin ?? []), {
      ...(flags.importer === undefined ? {} : { importer: flags.importer }),
      onWarning: showWarning,
    });
    const { importer, produces, parts, unused } = imported;
    if (!this.jsonEnabled()) for (const part of unused) process.stderr.write(`not used: ${unusedLine(part)}\n`);
    const [only] = produces;
    const text = JSON.stringify(produces.length === 1 ? parts[only!] : parts, undefined, 2);
    if (flags.output === undefined) this.log(text);
    else {
      writeWhole(flags.output, `${text}\n`);
      this.log(`written: ${flags.output} (${produces.join(', ')}, by importer ${importer})`);
    }
    return imported;
  }
}

import { Args, Flags } from '@oclif/core';
import { TesseraCommand } from '../base-command.js';

export default class Import extends TesseraCommand {
  static override summary = "Read another tool's file and print it in Tessera's own form";
  static override description = 'Importer plugins read models, schedules and estimates; `tessera plugin list importer` shows which.';
  static override examples = [
    { description: 'A model as layers', command: '<%= config.bin %> import scenarios/models/resnet8.onnx --json' },
    {
      description: 'With a named importer, into a file',
      command: '<%= config.bin %> import scenarios/models/two-layers.yaml --importer layers -o layers.json',
    },
  ];
  static override args = { file: Args.string({ description: 'File to read', required: true }) };
  static override flags = {
    importer: Flags.string({ description: 'Importer plugin (default: by the ending of the file)', helpValue: 'NAME' }),
    output: Flags.string({ char: 'o', description: 'File to write (default: standard output)', helpValue: 'FILE' }),
    plugin: Flags.string({ description: 'Load this plugin file or package too (repeatable)', multiple: true, multipleNonGreedy: true, helpValue: 'FILE' }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Import);
    const [{ registryWith }, { importFile }, { writeWhole }] = await Promise.all([
      import('../engine.js'),
      import('../../core/run/import-file.js'),
      import('../../core/document/output-files.js'),
    ]);
    const imported = importFile(args.file, await registryWith(flags.plugin ?? []), flags.importer);
    const text = JSON.stringify(imported.document, undefined, 2);
    if (flags.output === undefined) this.log(text);
    else {
      writeWhole(flags.output, `${text}\n`);
      this.log(`written: ${flags.output} (${imported.produces}, by importer ${imported.importer})`);
    }
    return imported;
  }
}

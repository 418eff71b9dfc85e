import { Args, Flags } from '@oclif/core';
import type { ImportedFiles } from '../../core/run/import-file.js';
import { showWarning, TesseraCommand } from '../base-command.js';

export default class Import extends TesseraCommand {
  static override summary = "Read another tool's files: as a scenario that runs, or one part printed in Tessera's own form";
  static override description = `Importer plugins read machines, models, mappings, schedules and estimates; 'tessera plugin list importer' shows which. Which one reads the files is
found by their content. With -o FOLDER a scenario folder is written: scenario.yaml, machine, workload, schedule or mapping, estimate, and
import.json, which says what every part comes from. Without it, or with -o FILE, one part is printed as it is, several by name. What was not
used is listed on standard error. --replay runs the scenario at once, as the tool sees it and as hardware.`;
  static override examples = [
    { description: 'A model as layers', command: '<%= config.bin %> import scenarios/models/resnet8.onnx --json' },
    { description: 'As a scenario folder', command: '<%= config.bin %> import scenarios/models/two-layers.yaml -o two-layers' },
    {
      description: 'With a named importer, into a file',
      command: '<%= config.bin %> import scenarios/models/two-layers.yaml --importer layers -o layers.json',
    },
  ];
  static override args = { file: Args.string({ description: 'File to read; further files that belong to it follow', required: true }) };
  static override strict = false;
  static override flags = {
    from: Flags.string({
      aliases: ['importer'],
      description: 'Importer plugin (default: the one that recognises the files)',
      helpValue: 'NAME',
    }),
    with: Flags.string({
      description: 'A setting of the importer, e.g. record=ID (repeatable); `tessera plugin show NAME` lists them',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'KEY=VALUE',
    }),
    output: Flags.string({
      char: 'o',
      description: 'Folder for a scenario; a name with an ending (.json, ...) is a file for one part (default: standard output)',
      helpValue: 'FOLDER',
    }),
    replay: Flags.boolean({ description: 'Run it: as the tool sees it, as hardware, and what lies between' }),
    plugin: Flags.string({ description: 'Load this plugin file or package too (repeatable)', multiple: true, multipleNonGreedy: true, helpValue: 'FILE' }),
  };

  async run(): Promise<unknown> {
    const { argv, flags } = await this.parse(Import);
    const [{ registryWith }, { importFiles }, { settingsOf }] = await Promise.all([
      import('../engine.js'),
      import('../../core/run/import-file.js'),
      import('../import-settings.js'),
    ]);
    const files = argv as string[];
    const registry = await registryWith(flags.plugin ?? []);
    const options = {
      config: settingsOf(flags.with ?? []),
      ...(flags.from === undefined ? {} : { importer: flags.from }),
      onWarning: showWarning,
    };
    if (flags.replay) {
      const { replayed } = await import('../replay.js');
      const { text, document, code } = await replayed({
        files,
        registry,
        options,
        folder: flags.output,
        line: (message) => process.stderr.write(`${message}\n`),
      });
      this.log(text);
      this.endWith(code);
      return document;
    }
    const { isFolderName } = await import('../import-settings.js');
    const asFolder = flags.output !== undefined && isFolderName(flags.output);
    if (flags.output !== undefined) await checkOutput(flags.output, asFolder);
    const imported = await importFiles(files, registry, options);
    await this.showUnused(imported);
    return asFolder ? this.writeFolder(imported, flags.output!) : this.writeParts(imported, flags.output);
  }

  private async showUnused({ unused }: ImportedFiles): Promise<void> {
    if (this.jsonEnabled()) return;
    const { unusedLine } = await import('../../core/plugin/import-source.js');
    for (const part of unused) process.stderr.write(`not used: ${unusedLine(part)}\n`);
  }

  private async writeParts(imported: ImportedFiles, file: string | undefined): Promise<unknown> {
    const { importer, produces, parts } = imported;
    const [only] = produces;
    const text = JSON.stringify(produces.length === 1 ? parts[only!] : parts, undefined, 2);
    if (file === undefined) this.log(text);
    else {
      const { writeWhole } = await import('../../core/document/write-whole.js');
      writeWhole(file, `${text}\n`);
      this.log(`written: ${file} (${produces.join(', ')}, by importer ${importer})`);
    }
    return imported;
  }

  private async writeFolder(imported: ImportedFiles, folder: string): Promise<unknown> {
    const [{ importedScenario }, { writeExported }] = await Promise.all([
      import('../../core/run/import-folder.js'),
      import('../../core/document/output-files.js'),
    ]);
    const { files, missing } = importedScenario(imported);
    const written = files.map((file) => writeExported(file, folder));
    for (const file of written) this.log(`written: ${file}`);
    this.log(
      missing.length === 0
        ? `read by importer ${imported.importer}; run it: tessera run ${folder}/scenario.yaml`
        : `read by importer ${imported.importer}; to run it there would have to be ${missing.join(' and ')} too`,
    );
    return { importer: imported.importer, written, missing, parts: imported.produces, unused: imported.unused, warnings: imported.warnings };
  }
}

async function checkOutput(output: string, asFolder: boolean): Promise<void> {
  const { checkOutputFile, checkOutputFolder } = await import('../../core/document/check-output.js');
  if (asFolder) checkOutputFolder(output);
  else checkOutputFile(output);
}

import { basename, join } from 'node:path';
import { Args, Flags } from '@oclif/core';
import { TesseraCommand } from '../../base-command.js';

export default class PluginNew extends TesseraCommand {
  static override summary = 'Write the folder of a new plugin that works as it is';
  static override description =
    'A plain ES module with types in comments, its JSON Schema, a test, an example scenario and a README. No build step. The folder may lie anywhere.';
  static override examples = [
    { description: 'A compute core', command: '<%= config.bin %> plugin new core my-core' },
    { description: 'A memory, elsewhere', command: '<%= config.bin %> plugin new memory my-memory --dir ~/plugins/my-memory' },
  ];
  static override args = {
    kind: Args.string({ description: 'core, memory, network, dma, pim, link, mapper, estimator, importer, exporter, experiment, ...', required: true }),
    name: Args.string({ description: 'Name of the plugin, e.g. my-core', required: true }),
  };
  static override flags = { dir: Flags.string({ char: 'd', description: 'Folder to write (default: NAME)', helpValue: 'FOLDER' }) };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(PluginNew);
    const { writePluginFolder } = await import('../../scaffold.js');
    const folder = flags.dir ?? args.name;
    const files = writePluginFolder(args.kind, args.name, folder);
    for (const file of files) this.log(`written: ${file}`);
    this.log(`\nTry it: ${this.config.bin} plugin test ${folder}`);
    const scenario = files.find((file) => basename(file) === 'scenario.yaml');
    if (scenario !== undefined) {
      this.log(`Run it: ${this.config.bin} run ${scenario}`);
      this.log(`A scenario's code runs once you have agreed to it: you are asked, or say --allow-plugins ${join(folder, 'index.js')}`);
    }
    return { folder, files };
  }
}

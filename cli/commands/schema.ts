import { Args } from '@oclif/core';
import { TesseraCommand } from '../base-command.js';

export default class Schema extends TesseraCommand {
  static override summary = 'Print the JSON Schema of a file format or of a plugin';
  static override description = 'Editors use it to complete and check scenario files. Without a name: the list of names.';
  static override examples = [
    { description: 'Which schemas are there?', command: '<%= config.bin %> schema' },
    { description: 'For the editor', command: '<%= config.bin %> schema scenario > scenario.schema.json' },
    { description: "A plugin's configuration", command: '<%= config.bin %> schema systolic' },
  ];
  static override args = { name: Args.string({ description: 'scenario, machine, suite, ... or the name of a plugin' }) };

  async run(): Promise<unknown> {
    const { args } = await this.parse(Schema);
    const { documentSchema, schemaNames } = await import('../../core/document/installation.js');
    const names = schemaNames();
    if (args.name === undefined) {
      for (const name of names) this.log(`${name.padEnd(10)} ${String(documentSchema(name).description ?? '')}`);
      return { schemas: names };
    }
    const schema = names.includes(args.name) ? documentSchema(args.name) : await this.pluginSchema(args.name, names);
    this.log(JSON.stringify(schema, undefined, 2));
    return schema;
  }

  private async pluginSchema(name: string, documents: readonly string[]): Promise<unknown> {
    const [{ builtinRegistry }, { InputError }, { nearestName, listNames }] = await Promise.all([
      import('../engine.js'),
      import('../../core/errors.js'),
      import('../../core/document/nearest.js'),
    ]);
    const plugins = (await builtinRegistry()).list().map(({ plugin }) => plugin);
    const found = plugins.find((plugin) => plugin.name === name && 'configSchema' in plugin);
    if (found !== undefined && 'configSchema' in found) return found.configSchema;
    const nearest = nearestName(name, [...documents, ...plugins.map((plugin) => plugin.name)]);
    throw new InputError({
      file: 'command line',
      path: 'NAME',
      message: `no schema '${name}'`,
      expected: `${listNames(documents)}, or a plugin`,
      ...(nearest === undefined ? {} : { nearest }),
    });
  }
}

import { Args, Flags } from '@oclif/core';
import { TesseraCommand } from '../../base-command.js';

export default class PluginShow extends TesseraCommand {
  static override summary = 'Show the parameters of a plugin and what it reports';
  static override description = 'Configuration keys with unit, default and range; ports; statistics; stall classes; probes; the sources of its formulas.';
  static override examples = [
    { description: 'A built-in block', command: '<%= config.bin %> plugin show systolic' },
    { description: 'A plugin of your own', command: '<%= config.bin %> plugin show my-core --plugin ./my-core/index.js' },
  ];
  static override args = { name: Args.string({ description: 'Name of the plugin', required: true }) };
  static override flags = {
    plugin: Flags.string({ description: 'Load this plugin file or package too (repeatable)', multiple: true, multipleNonGreedy: true, helpValue: 'FILE' }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(PluginShow);
    const [{ registryWith }, { describePlugin }, { pluginText }, { InputError }, { nearestName, listNames }] = await Promise.all([
      import('../../engine.js'),
      import('../../../core/plugin/describe-plugin.js'),
      import('../../plugin-text.js'),
      import('../../../core/errors.js'),
      import('../../../core/document/nearest.js'),
    ]);
    const all = (await registryWith(flags.plugin ?? [])).list();
    const found = all.filter(({ plugin }) => plugin.name === args.name);
    if (found.length === 0) {
      const names = all.map(({ plugin }) => plugin.name);
      const nearest = nearestName(args.name, names);
      throw new InputError({
        file: 'command line',
        path: 'NAME',
        message: `no plugin '${args.name}'`,
        expected: listNames(names, 40),
        ...(nearest === undefined ? {} : { nearest }),
      });
    }
    const descriptions = found.map(({ plugin, origin }) => describePlugin(plugin, origin));
    this.log(descriptions.map(pluginText).join('\n\n'));
    return descriptions.length === 1 ? descriptions[0] : descriptions;
  }
}

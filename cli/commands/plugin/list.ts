import { Args, Flags } from '@oclif/core';
import { TesseraCommand } from '../../base-command.js';

export default class PluginList extends TesseraCommand {
  static override summary = 'List all plugins: hardware blocks, mappers, estimators, importers, exporters';
  static override examples = [
    { description: 'Everything', command: '<%= config.bin %> plugin list' },
    { description: 'Only the memories', command: '<%= config.bin %> plugin list memory' },
  ];
  static override args = { kind: Args.string({ description: 'Only plugins of this kind, e.g. core, memory, network, mapper' }) };
  static override flags = {
    plugin: Flags.string({ description: 'Load this plugin file or package too (repeatable)', multiple: true, multipleNonGreedy: true, helpValue: 'FILE' }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(PluginList);
    const [{ registryWith }, { PLUGIN_KINDS }, { InputError }, { nearestName, listNames }, { wrap }] = await Promise.all([
      import('../../engine.js'),
      import('../../../core/plugin/define-plugin.js'),
      import('../../../core/errors.js'),
      import('../../../core/document/nearest.js'),
      import('../../plugin-text.js'),
    ]);
    const kind = PLUGIN_KINDS.find((name) => name === args.kind);
    if (args.kind !== undefined && kind === undefined) {
      const nearest = nearestName(args.kind, PLUGIN_KINDS);
      throw new InputError({
        file: 'command line',
        path: 'KIND',
        message: `no kind of plugin '${args.kind}'`,
        expected: listNames(PLUGIN_KINDS, 20),
        ...(nearest === undefined ? {} : { nearest }),
      });
    }
    const entries = (await registryWith(flags.plugin ?? []))
      .list(kind)
      .map(({ plugin, origin }) => ({ kind: plugin.kind, name: plugin.name, version: plugin.version, summary: plugin.summary, origin }));
    const width = Math.max(0, ...entries.map((entry) => entry.name.length));
    entries.forEach((entry, index) => {
      if (entries[index - 1]?.kind !== entry.kind) this.log(`${index === 0 ? '' : '\n'}${entry.kind}`);
      this.log(`  ${entry.name.padEnd(width)}${wrap(entry.summary, width + 4).slice(width + 2)}`);
    });
    return { plugins: entries };
  }
}

import { Plugin, type Command, type Interfaces } from '@oclif/core';

export interface BundledCommands {
  readonly packageJson: Interfaces.PJSON;
  /** What `oclif.manifest.json` says: names, flags and help texts, so that only the command that runs is evaluated. */
  readonly manifest: Plugin['manifest'];
  /** The commands by their oclif id, `plugin:list`. */
  readonly load: Readonly<Record<string, () => Promise<{ default: Command.Class }>>>;
}

/** The command line as oclif's root plugin, with everything given: oclif searches and reads no file. */
export class BundledPlugin extends Plugin {
  constructor(
    root: string,
    private readonly given: BundledCommands,
  ) {
    super({ root, pjson: given.packageJson, isRoot: true, name: given.packageJson.name, type: 'core' });
  }

  override async load(): Promise<void> {
    const { packageJson, manifest } = this.given;
    Object.assign(this, { root: this.options.root, pjson: packageJson, name: packageJson.name, alias: packageJson.name, version: packageJson.version });
    Object.assign(this, { type: 'core', moduleType: 'module', isRoot: true, valid: true, hasManifest: true, manifest });
    const hooks = Object.entries(packageJson.oclif.hooks ?? {});
    this.hooks = Object.fromEntries(hooks.map(([event, target]) => [event, [{ target: String(target), identifier: 'default' }]]));
    this.commandIDs = Object.keys(manifest.commands);
    this.commands = this.commandIDs.sort().map((id) => ({
      ...(manifest.commands[id] as Command.Cached),
      load: () => this.findCommand(id, { must: true }),
      pluginAlias: this.alias,
      pluginType: 'core',
    }));
  }

  override async findCommand(id: string, options: { must: true }): Promise<Command.Class>;
  override async findCommand(id: string, options?: { must: boolean }): Promise<Command.Class | undefined>;
  override async findCommand(id: string): Promise<Command.Class | undefined> {
    const command = (await this.given.load[id]?.())?.default;
    if (command === undefined) return undefined;
    command.id = id;
    command.plugin = this;
    return command;
  }
}

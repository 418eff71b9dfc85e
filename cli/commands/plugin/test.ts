import { Args } from '@oclif/core';
import { sharedFlags, TesseraCommand } from '../../base-command.js';
import { ExitCode } from '../../exit-codes.js';

export default class PluginTest extends TesseraCommand {
  static override summary = 'Check a plugin folder: contract, its own tests, its scenarios';
  static override description =
    'Loads index.js, runs the contract that every block keeps (full ports, no lost wake-up, stall stack sums, same result twice), then *.test.js and every scenario of the folder. Exit code 1 when something does not hold.';
  static override examples = [{ description: 'Is the plugin in this folder sound?', command: '<%= config.bin %> plugin test my-core' }];
  static override args = { folder: Args.string({ description: 'Folder of the plugin', required: true }) };
  static override flags = { allow: sharedFlags.allow, 'allow-plugins': sharedFlags['allow-plugins'] };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(PluginTest);
    const [{ builtinRegistry, loadOptionsOf }, { checkPluginFolder }] = await Promise.all([import('../../engine.js'), import('../../plugin-check.js')]);
    const checks = await checkPluginFolder(args.folder, await builtinRegistry(), await loadOptionsOf(flags));
    for (const { name, problem } of checks)
      this.log(problem === undefined ? `ok      ${name}` : `FAILED  ${name}\n        ${problem.replaceAll('\n', '\n        ')}`);
    const failed = checks.filter(({ problem }) => problem !== undefined).length;
    this.log(`\n${checks.length - failed} passed, ${failed} failed`);
    this.endWith(failed === 0 ? ExitCode.asExpected : ExitCode.missed);
    return { passed: checks.length - failed, failed, checks };
  }
}

import { Command, Config, execute } from '@oclif/core';
import { announceBundle, type RunningBundle } from '../../core/document/running-bundle.js';
import { ExitCode } from '../exit-codes.js';
import { guardStandardStreams } from './standard-streams.js';
import { tellStrayErrors } from './stray-errors.js';
import { BundledPlugin, type BundledCommands } from './bundled-plugin.js';

export { adoptValidator } from '../../core/document/validate.js';
export { work } from './worker.js';

/** Runs the command line from the bundle; `npm run build` writes the file that calls this. */
export async function main(root: string, words: readonly string[], commands: BundledCommands, bundle: RunningBundle): Promise<void> {
  announceBundle(bundle);
  guardStandardStreams(Command);
  tellStrayErrors(root);
  const plugin = new BundledPlugin(root, commands);
  await plugin.load();
  const config = new Config({ root, plugins: new Map([[plugin.name, plugin]]) });
  await config.load();
  process.once('beforeExit', tellUnended);
  await execute({ args: [...words], loadOptions: config });
  process.off('beforeExit', tellUnended);
}

/** Node ends in silence, with code 0, when all that is left is a promise that nobody will settle. */
function tellUnended(): void {
  process.stderr.write('error: a plugin returned a promise that never ends: nothing is left that could settle it\n');
  process.exitCode = ExitCode.machineFailed;
}

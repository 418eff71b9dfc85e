import { Command, Config, execute } from '@oclif/core';
import { announceBundle, type RunningBundle } from '../../core/document/running-bundle.js';
import { ExitCode } from '../exit-codes.js';
import { guardStandardStreams } from './standard-streams.js';
import { tellStrayErrors } from './stray-errors.js';
import { awaitsWatchdog, disposeWatchdogs } from '../watchdog.js';
import { BundledPlugin, type BundledCommands } from './bundled-plugin.js';

export { adoptValidator } from '../../core/document/validate.js';
export { work } from './worker.js';

/** Runs the command line from the bundle, to its last written byte; `npm run build` writes the file that calls this, several times in one process. */
export async function main(root: string, words: readonly string[], commands: BundledCommands, bundle: RunningBundle): Promise<void> {
  announceBundle(bundle);
  guardStandardStreams(Command);
  tellStrayErrors(root);
  const plugin = new BundledPlugin(root, commands);
  await plugin.load();
  const config = new Config({ root, plugins: new Map([[plugin.name, plugin]]) });
  await config.load();
  process.on('beforeExit', tellUnended);
  await execute({ args: [...words], loadOptions: config });
  process.off('beforeExit', tellUnended);
  disposeWatchdogs();
  await written(process.stdout);
  await written(process.stderr);
}

async function written(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.writableLength > 0) await new Promise((resolve) => stream.write('', resolve));
}

/** Node ends in silence, with code 0, when all that is left is a promise that nobody will settle. */
function tellUnended(): void {
  if (awaitsWatchdog()) return;
  process.off('beforeExit', tellUnended);
  process.stderr.write('error: a plugin returned a promise that never ends: nothing is left that could settle it\n');
  process.exitCode = ExitCode.machineFailed;
}

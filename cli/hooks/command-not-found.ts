import type { Hook } from '@oclif/core';
import { ExitCode } from '../exit-codes.js';

/** A misspelt command: says which one was probably meant. */
const commandNotFound: Hook<'command_not_found'> = async ({ id, config, context }) => {
  const { nearestName } = await import('../../core/document/nearest.js');
  const [typed = ''] = id.split(':');
  const names = config.commandIDs.map((name) => name.replaceAll(':', ' '));
  const nearest = nearestName(id.replaceAll(':', ' '), names) ?? nearestName(typed, names);
  const hint = nearest === undefined ? '' : `; did you mean '${nearest}'?`;
  process.stderr.write(
    `command line: unknown command '${typed}'; expected one of ${[...new Set(names.map((name) => name.split(' ')[0]))].join(', ')}${hint}\n`,
  );
  context.exit(ExitCode.badInput);
};

export default commandNotFound;

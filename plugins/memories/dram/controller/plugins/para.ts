import { InputError } from 'tessera-sim';
import type { ConfiguredControllerPlugin } from '../controller-plugin.js';
import { Command } from '../../commands.js';

/**
 * PARA, probabilistic adjacent row activation: after an activate for a request, with probability p one of the two neighbours of the row is
 * refreshed, so that no row is hammered for long without its neighbours being restored (Y. Kim et al., "Flipping Bits in Memory Without
 * Accessing Them", ISCA 2014, section 8.2). The neighbour is activated, or refreshed by a command that the standard has for it.
 */
export const para: ConfiguredControllerPlugin = {
  configSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      probability: {
        type: 'number',
        minimum: 0,
        maximum: 1,
        default: 0.001,
        description: 'Share of the activates after which a neighbour is refreshed',
        source: 'Kim et al., ISCA 2014',
      },
      command: {
        type: 'string',
        default: 'ACT',
        description: 'Command to the bank and the neighbour row: ACT, or one of the standard, such as a victim row refresh',
      },
    },
  },
  create: (config) => ({
    create: ({ commands, issued, rows, inject, random }) => {
      const probability = Number(config['probability']);
      const command = commands.codeOf(String(config['command']), 'controllerPlugins.command');
      if (commands.forms[command]!.scope !== 'bank' || !(commands.has(command, 'open') || commands.has(command, 'refresh'))) {
        throw new InputError([
          {
            path: 'controllerPlugins.command',
            message: `${commands.names[command]} restores no row of a bank`,
            expected: 'ACT, or a command of scope bank that opens or refreshes',
          },
        ]);
      }
      const draws = random('para');
      let refreshes = 0;
      let lost = 0;
      return {
        onIssue: (slot) => {
          if (issued.command[slot] !== Command.activate || issued.injected[slot] === 1 || draws.uniform() >= probability) return;
          const row = issued.row[slot]!;
          const above = draws.below(2) === 1;
          // A row at the edge has one neighbour.
          const victim = row === 0 ? 1 : row >= rows - 1 ? row - 1 : above ? row + 1 : row - 1;
          if (inject(command, issued.bank[slot]!, victim, 'first')) refreshes++;
          else lost++;
        },
        state: (s) => {
          s.random(draws);
          refreshes = s.number(refreshes);
          lost = s.number(lost);
        },
        report: () => ({ neighbourRefreshes: refreshes, lost }),
      };
    },
  }),
};

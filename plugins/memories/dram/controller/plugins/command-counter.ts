import type { ConfiguredControllerPlugin } from '../controller-plugin.js';

/** Counts the commands of a channel from a tick on, by name: the smallest controller plugin. */
export const commandCounter: ConfiguredControllerPlugin = {
  configSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      fromTick: { type: 'integer', minimum: 0, default: 0, unit: 'DRAM ticks', description: 'Commands before this tick are not counted' },
    },
  },
  create: (config) => ({
    create: ({ commands, issued }) => {
      const fromTick = Number(config['fromTick']);
      const counts = new Float64Array(commands.count);
      return {
        onIssue: (slot, t) => {
          if (t >= fromTick) counts[issued.command[slot]!]!++;
        },
        state: (s) => s.numbers(counts),
        report: () => Object.fromEntries(commands.names.map((name, code): [string, number] => [name, counts[code]!]).filter(([, count]) => count > 0)),
      };
    },
  }),
};

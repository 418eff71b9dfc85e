// @ts-check
import { definePlugin, energyTable, serviceToken } from 'tessera-sim';

/** What energies scale with: another plugin may bind its own. */
export const nodeToken = serviceToken('process-node');

/** Energy goes with the square of the voltage. */
export function scale(/** @type {number} */ picojoules, /** @type {number} */ volts) {
  return picojoules * volts * volts;
}

export const processNode = definePlugin({
  kind: 'extension',
  name: 'nominal',
  version: '1.0.0',
  summary: 'One volt',
  point: nodeToken,
  binds: true,
  value: { volts: 1 },
});

/** Figures at one volt, scaled to the process node that is bound. */
export const technology = definePlugin({
  kind: 'extension',
  name: 'technology',
  version: '1.0.0',
  summary: 'Energy of a read and a write of any scratchpad',
  point: energyTable,
  configSchema: {
    type: 'object',
    additionalProperties: false,
    properties: { readPj: { type: 'number', minimum: 0, default: 2, unit: 'pJ', description: 'Of a word at one volt' } },
  },
  needs: { node: nodeToken },
  create: (config, _context, needs) => {
    const { readPj } = /** @type {{ readPj: number }} */ (config);
    const { volts } = /** @type {{ volts: number }} */ (/** @type {any} */ (needs).node);
    return { picojoules: ({ plugin, action }) => (plugin === 'sram' && action === 'read' ? scale(readPj, volts) : undefined) };
  },
});

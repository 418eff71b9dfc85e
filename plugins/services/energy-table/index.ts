import { definePlugin, energyTable, type EnergyTable, type JsonSchema } from 'tessera-sim';

type Figures = Readonly<Record<string, Readonly<Record<string, number>>>>;

interface TableConfig {
  readonly plugins: Figures;
  readonly blocks: Figures;
}

const figures = (description: string): JsonSchema => ({
  type: 'object',
  default: {},
  description,
  additionalProperties: { type: 'object', additionalProperties: { type: 'number', minimum: 0 } },
});

const configSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    plugins: figures('Picojoules of one action, by block plugin and action: `systolic: { mac: 0.2 }`'),
    blocks: figures('The same by path of a block; stands above `plugins`'),
  },
};

/** Energies from the scenario, for every block of a plugin or for single ones. */
const energyTableService = definePlugin<EnergyTable, TableConfig>({
  kind: 'extension',
  point: energyTable,
  name: 'figures',
  version: '1.0.0',
  summary: "Energies of actions written in the scenario, by block plugin or block, in place of each block's own",
  configSchema,
  create: ({ plugins, blocks }) => ({ picojoules: ({ block, plugin, action }) => blocks[block]?.[action] ?? plugins[plugin]?.[action] }),
});

export default energyTableService;

import { definePlugin } from 'tessera-sim';
import { readTimeloopFiles, type TimeloopConfig } from './read-files.js';
import { recogniseTimeloop } from './recognise.js';

/** Timeloop's inputs and outputs, those of CoSA, DOSA and Sparseloop, and Accelergy's tables. */
const timeloopImporter = definePlugin<TimeloopConfig>({
  kind: 'importer',
  name: 'timeloop',
  version: '1.0.0',
  summary: 'Architecture, problem, mapping and statistics of Timeloop (0.1 to 0.4), CoSA and DOSA; energy tables of Accelergy',
  sources: ['docs/importing/timeloop.md'],
  configSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      row: { type: 'integer', minimum: 0, default: 0, description: "Row of a table of DOSA's data set, from 0" },
      mapping: { type: 'string', minLength: 1, description: 'A mapping in the form of DOSA, instead of one in the files' },
    },
  },
  produces: ['machine', 'workload', 'mapping', 'estimate'],
  extensions: ['.yaml', '.yml', '.txt', '.csv'],
  recognise: recogniseTimeloop,
  read: (sources, config) => readTimeloopFiles(sources, config),
});

export default timeloopImporter;

import { definePlugin, oneSource } from 'tessera-sim';
import { looksLikeLayers } from './recognise.js';
import { readLayers } from './read-layers.js';

const layersImporter = definePlugin<object>({
  kind: 'importer',
  name: 'layers',
  version: '1.0.0',
  summary: 'Layers written in YAML: loops, precisions, dependencies',
  sources: ['schemas/workload.schema.json'],
  configSchema: { type: 'object', description: 'No options', properties: {}, additionalProperties: false },
  produces: ['workload'],
  extensions: ['.layers.yaml', '.layers.yml', '.layers.json', '.yaml', '.yml'],
  recognise: looksLikeLayers,
  read: (sources) => ({ workload: readLayers(oneSource(sources, 'layers')) }),
});

export default layersImporter;

import { definePlugin, InputError, oneSource, readDocument, type Estimate, type ImportResult, type ImportSource, type Workload } from 'tessera-sim';
import { danglingName } from './dangling-name.js';
import { PARTS_SCHEMA } from './schema.js';

interface PartsDocument {
  readonly tesseraParts: 1;
  readonly workload?: Workload;
  readonly estimate?: Omit<Estimate, 'notes'> & Partial<Pick<Estimate, 'notes'>>;
}

/** Our own parts in full, as `tessera import -o FOLDER` writes them: a workload with its maps, an estimate that another tool made. */
const partsImporter = definePlugin<object>({
  kind: 'importer',
  name: 'parts',
  version: '1.0.0',
  summary: 'Workload and estimate in full, as `tessera import -o FOLDER` writes them',
  sources: ['docs/importing.md'],
  configSchema: { type: 'object', description: 'No options', properties: {}, additionalProperties: false },
  produces: ['workload', 'estimate'],
  extensions: ['.json', '.yaml', '.yml'],
  recognise: ({ bytes }) => (/^\s*(\{\s*)?["']?tesseraParts["']?\s*:/.test(new TextDecoder().decode(bytes.subarray(0, 200))) ? 1 : 0),
  read: (sources) => partsOf(oneSource(sources, 'parts')),
});

function partsOf({ fileName, bytes }: ImportSource): ImportResult {
  const { value } = readDocument<PartsDocument>(bytes, fileName, PARTS_SCHEMA, 'parts of an import');
  const { workload, estimate } = value;
  const dangling = workload === undefined ? undefined : danglingName(workload);
  if (dangling !== undefined) throw new InputError({ file: fileName, ...dangling });
  return {
    ...(workload === undefined ? {} : { workload }),
    ...(estimate === undefined ? {} : { estimate: { notes: [], ...estimate } }),
  };
}

export default partsImporter;

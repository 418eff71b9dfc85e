import { definePlugin, InputError, oneSource, parseJson, type Estimate, type ImportResult, type ImportSource } from 'tessera-sim';
import { definesPoint, macsOf, chainBounds } from 'tessera-sim/defines';
import { zigzagMachineDocument, zigzagWorkload } from 'tessera-sim/zigzag';

interface DefinesImportConfig {
  readonly record?: string;
}

/** Points of DeFiNES in the form of `depth-first-estimate` records: machine, chain, estimate. */
const definesImporter = definePlugin<DefinesImportConfig>({
  kind: 'importer',
  name: 'defines',
  version: '1.0.0',
  summary: "DeFiNES' points: a machine, a chain of layers, a tile and its estimate",
  sources: ['docs/plugins/importers/defines.md'],
  configSchema: {
    type: 'object',
    additionalProperties: false,
    properties: { record: { type: 'string', minLength: 1, description: 'Id of the point, where a file holds several; default the first' } },
  },
  produces: ['machine', 'workload', 'estimate'],
  extensions: ['.json'],
  recognise: ({ bytes }) => (/"kind"\s*:\s*"depth-first-estimate"/.test(new TextDecoder().decode(bytes.subarray(0, 4096))) ? 1 : 0),
  read: (sources, config) => read(oneSource(sources, 'defines'), config),
});

function read({ fileName, bytes }: ImportSource, { record: wanted }: DefinesImportConfig): ImportResult {
  const { records } = parseJson(new TextDecoder().decode(bytes), fileName) as { records?: unknown };
  if (!Array.isArray(records) || records.length === 0 || records.some((record) => typeof record !== 'object' || record === null))
    throw new InputError({ file: fileName, line: 1, path: 'records', message: 'there are no points in it', expected: 'a list of records' });
  const all = records as readonly Readonly<Record<string, unknown>>[];
  const index = wanted === undefined ? 0 : all.findIndex(({ id }) => id === wanted);
  if (index < 0)
    throw new InputError({
      file: fileName,
      path: 'records',
      message: `no record '${wanted!}'`,
      expected: `one of ${all.map(({ id }) => String(id)).join(', ')}`,
    });
  const record = all[index]!;
  try {
    const point = definesPoint(record, `records.${index}.`);
    const before = new Map(point.layers.map(({ layer }, place) => [layer.name, point.layers[place - 1]?.layer.name]));
    const workload = zigzagWorkload(
      point.id,
      point.layers.map(({ layer }) => {
        const from = before.get(layer.name);
        return { layer, operator: 'conv', ...(from === undefined ? {} : { from: { I: from } }) };
      }),
    );
    const estimate = estimateOf(
      record,
      point.layers.reduce((macs, { layer }) => macs + macsOf(layer), 0),
    );
    return {
      machine: zigzagMachineDocument(point.core),
      workload,
      ...(estimate === undefined ? {} : { estimate }),
      demands: chainBounds(point),
      unused: [
        {
          file: fileName,
          path: `records.${index}.tile_x`,
          reason: `tiles of ${point.tileX} x ${point.tileY}, ${point.mode}: a mapper depth-first or the estimator defines takes them`,
        },
        { file: fileName, path: `records.${index}.items`, reason: 'sums of tiles, layer by layer: the estimator defines works them out' },
      ],
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.problems.map((problem) => ({ ...problem, file: fileName })));
  }
}

function estimateOf(record: Readonly<Record<string, unknown>>, macs: number): Estimate | undefined {
  const { total_latency1_cycles: cycles, total_energy_pJ: energyPj } = record;
  if (typeof cycles !== 'number') return undefined;
  return {
    estimator: 'defines',
    notes: ['computation, stalls, first loads and copies one after another', `${macs} multiply-accumulates without what is computed twice`],
    cycles,
    seconds: cycles / 1e9,
    ...(typeof energyPj === 'number' ? { energyPj } : {}),
    layers: [],
    resources: [],
  };
}

export default definesImporter;

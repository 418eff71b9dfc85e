import { definePlugin, InputError, oneSource, parseJson, type ImportResult, type ImportSource, type UnusedPart } from 'tessera-sim';
import { readStreamDump, streamBoundCycles, streamDemands, streamMachineDocument, streamToSchedule, type StreamDump } from 'tessera-sim/stream';

/** Schedule dumps of Stream: tiles with their cores, order, data and costs. */
const streamImporter = definePlugin<object>({
  kind: 'importer',
  name: 'stream',
  version: '1.0.0',
  summary: "Stream's schedule dumps: tiles of fused layers on several cores",
  sources: ['docs/plugins/importers/stream.md'],
  configSchema: { type: 'object', description: 'No options', properties: {}, additionalProperties: false },
  produces: ['machine', 'schedule', 'estimate'],
  extensions: ['.json'],
  recognise: ({ bytes }) => {
    const text = new TextDecoder().decode(bytes);
    return text.includes('"node_fields"') && text.includes('"bits_produced"') ? 1 : 0;
  },
  read: (sources) => read(oneSource(sources, 'stream')),
});

function read({ fileName, bytes }: ImportSource): ImportResult {
  const document = parseJson(new TextDecoder().decode(bytes), fileName);
  try {
    const dump = readStreamDump(document);
    return {
      machine: streamMachineDocument(dump),
      schedule: streamToSchedule(dump),
      ...(dump.latencyCycles === undefined ? {} : { estimate: estimateOf(dump, dump.latencyCycles) }),
      demands: streamDemands(dump),
      expect: { cycles: { atLeast: streamBoundCycles(dump) } },
      unused: unusedOf(dump, document as object, fileName),
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.problems.map((problem) => ({ ...problem, file: fileName })));
  }
}

function estimateOf({ energyPj }: StreamDump, cycles: number): NonNullable<ImportResult['estimate']> {
  return {
    estimator: 'stream',
    notes: ['a link is held for the whole of a transfer; no hops, banks, packets or DRAM commands'],
    cycles,
    seconds: cycles / 1e9,
    ...(energyPj === undefined ? {} : { energyPj }),
    layers: [],
    resources: [],
  };
}

const READ = new Set(['id', 'node_fields', 'nodes', 'memory', 'links', 'offchip_core', 'result', 'layers']);

function unusedOf({ tooLarge }: StreamDump, document: object, file: string): UnusedPart[] {
  return [
    ...Object.keys(document)
      .filter((key) => !READ.has(key))
      .map((path) => ({ file, path, reason: 'the schedule does not need it' })),
    { file, path: 'nodes.*.start', reason: 'the order alone is taken; times are what is simulated' },
    { file, path: 'links.*.events', reason: 'transfers follow from what tiles need' },
    ...tooLarge.map((operand) => ({ file, path: `nodes.${operand}`, reason: 'too large for its core; that it streams from outside is not simulated' })),
  ];
}

export default streamImporter;

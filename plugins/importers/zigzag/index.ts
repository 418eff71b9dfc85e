import {
  definePlugin,
  InputError,
  parseJson,
  type Estimate,
  type ImportResult,
  type ImportSource,
  type LoopNest,
  type ResourceDemand,
  type UnusedPart,
} from 'tessera-sim';
import {
  evaluateZigzag,
  product,
  searchMapping,
  zigzagCapacities,
  zigzagCase,
  zigzagDemands,
  zigzagMachineDocument,
  zigzagNest,
  zigzagWorkload,
  type SourcedLayer,
  type ZigzagCore,
  type ZigzagLayer,
  type ZigzagMapping,
} from 'tessera-sim/zigzag';
import { readAccelerator, type ReadAccelerator } from './accelerator.js';
import { fixedLoops } from './fixed-loops.js';
import { kindOf, type FileKind } from './kinds.js';
import { readLayersFile } from './layers-file.js';
import { readMappingFile } from './mapping-file.js';
import { readResultFile, type ReadResult } from './result-file.js';

interface ZigzagImportConfig {
  readonly record?: string;
  readonly factorLimit: number;
  readonly objective: 'energy' | 'latency';
}

/** Files of ZigZag: accelerator, mapping and workload together, a result, or a reference record. */
const zigzagImporter = definePlugin<ZigzagImportConfig>({
  kind: 'importer',
  name: 'zigzag',
  version: '1.0.0',
  summary: "ZigZag's accelerators, workloads, mappings and results (2.x results, 3.x files)",
  sources: ['docs/plugins/importers/zigzag.md'],
  configSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      record: { type: 'string', minLength: 1, description: 'Id of the record, where a file of records holds several; default the first' },
      factorLimit: {
        type: 'integer',
        minimum: 1,
        maximum: 9,
        default: 5,
        description: 'Loops in time that a mapping file leaves open: most factors whose orders are looked at, as `loma_lpf_limit` of the tool',
      },
      objective: { enum: ['latency', 'energy'], default: 'latency', description: 'What the order of open loops is chosen for' },
    },
  },
  produces: ['machine', 'workload', 'mapping', 'estimate'],
  extensions: ['.yaml', '.yml', '.json'],
  recognise: (source) => (kindOf(source) === undefined ? 0 : 0.95),
  read,
});

/** One layer with its mapping, and what the tool said of it where it said something. */
interface MappedLayer extends SourcedLayer {
  readonly mapping: ZigzagMapping;
  readonly result?: Pick<ReadResult, 'cycles' | 'energyPj'>;
}

function read(sources: readonly ImportSource[], config: ZigzagImportConfig): ImportResult {
  const byKind = new Map<FileKind, ImportSource[]>();
  for (const source of sources) {
    const kind = kindOf(source);
    if (kind === undefined)
      throw new InputError({
        file: source.fileName,
        line: 1,
        message: 'this is no file of ZigZag',
        expected: 'an accelerator, a mapping, a workload or a result',
      });
    byKind.set(kind, [...(byKind.get(kind) ?? []), source]);
  }
  const one = (kind: FileKind): ImportSource | undefined => {
    const [first, second] = byKind.get(kind) ?? [];
    if (second !== undefined) throw new InputError({ file: second.fileName, message: `a second ${kind}`, expected: `one; the first is ${first!.fileName}` });
    return first;
  };
  const record = one('record');
  if (record !== undefined) return fromRecord(record, config);
  const accelerator = one('accelerator');
  const machine = accelerator === undefined ? undefined : readAccelerator(accelerator);
  const results = byKind.get('result') ?? [];
  if (results.length > 0) return fromResults(results, machine);
  const workload = one('workload');
  const mapping = one('mapping');
  if (workload === undefined) {
    if (mapping !== undefined)
      throw new InputError({
        file: mapping.fileName,
        line: 1,
        message: 'a mapping without its workload',
        expected: 'accelerator, workload and mapping, named together',
      });
    return { machine: zigzagMachineDocument(machine!.core), unused: machine!.unused };
  }
  return fromFiles(workload, mapping, machine, config);
}

function fromFiles(
  workload: ImportSource,
  mapping: ImportSource | undefined,
  machine: ReadAccelerator | undefined,
  { factorLimit, objective }: ZigzagImportConfig,
): ImportResult {
  const layers = readLayersFile(workload);
  const name = workload.fileName.replace(/^.*[\\/]/, '').replace(/\.ya?ml$/i, '');
  const unused: UnusedPart[] = [...(machine?.unused ?? [])];
  const base = { workload: zigzagWorkload(name, layers), ...(machine === undefined ? {} : { machine: zigzagMachineDocument(machine.core) }) };
  if (mapping === undefined || machine === undefined || machine.isImc) {
    if (mapping !== undefined)
      unused.push({
        file: mapping.fileName,
        path: '',
        reason: machine === undefined ? 'without an accelerator it cannot be cut into memory levels' : 'mappings of in-memory arrays are not worked out',
      });
    return { ...base, unused };
  }
  const mappingOf = readMappingFile(mapping);
  const mapped = layers.map((sourced): MappedLayer => {
    const { layer, spatial, ordering, entry } = mappingOf(sourced);
    if (spatial === undefined)
      throw new InputError({
        file: mapping.fileName,
        path: `${entry}.spatial_mapping`,
        message: `entry '${entry}' leaves the unrolling open`,
        expected: 'a spatial_mapping: only hints are not searched',
      });
    const found = searchMapping(machine.core, layer, spatial, { factorLimit, objective, fixed: fixedLoops(machine.core, layer, spatial, ordering) });
    if (found === undefined)
      throw new InputError({
        file: mapping.fileName,
        path: entry,
        message: `no order of loops of layer '${layer.name}' fits into the memories of ${machine.core.name}`,
      });
    return { ...sourced, layer, mapping: found };
  });
  return { ...base, ...mappedParts(machine.core, mapped, ['worked out here from the mapping: no result of the tool was named']), unused };
}

function fromResults(sources: readonly ImportSource[], machine: ReadAccelerator | undefined): ImportResult {
  const read = sources.map((source) => ({ source, result: readResultFile(source) }));
  const layers = read.flatMap(({ result, source }) => ('layer' in result ? [{ result, source }] : []));
  const unused: UnusedPart[] = [...(machine?.unused ?? [])];
  for (const { source, result } of read)
    if (!('layer' in result) && layers.length > 0) unused.push({ file: source.fileName, path: '', reason: 'the sums of what the results of the layers say' });
  const [overall] = read;
  if (layers.length === 0) {
    const { energyPj, cycles } = overall!.result as { energyPj: number; cycles: number };
    return {
      estimate: estimateFrom([], cycles, energyPj, ['of the whole; it says nothing of layers']),
      ...(machine === undefined ? {} : { machine: zigzagMachineDocument(machine.core) }),
      unused,
    };
  }
  const mapped = layers.map(({ result }): MappedLayer => ({ layer: result.layer, operator: operatorOf(result.layer), mapping: result.mapping, result }));
  const { core } = layers[0]!.result;
  const workload = zigzagWorkload(layers[0]!.result.layer.name, mapped);
  for (const { source } of layers) {
    unused.push({ file: source.fileName, path: 'outputs.memory.utilization', reason: 'follows from mapping and machine' });
    unused.push({ file: source.fileName, path: 'outputs.energy.memory_energy_breakdown_per_level', reason: 'the total is taken' });
  }
  if (machine !== undefined && !machine.isImc)
    return { ...mappedParts(machine.core, mapped, []), machine: zigzagMachineDocument(machine.core), workload, unused };
  if (core === undefined) return { workload, estimate: estimateOf(mapped, []), unused };
  unused.push({ file: layers[0]!.source.fileName, path: 'inputs.accelerator', reason: 'names no ports: bounds of ports need the accelerator file too' });
  return { machine: zigzagMachineDocument(core), workload, mapping: nestsOf(core, mapped), estimate: estimateOf(mapped, []), unused };
}

function fromRecord({ fileName, bytes }: ImportSource, { record: wanted }: ZigzagImportConfig): ImportResult {
  const { records } = parseJson(new TextDecoder().decode(bytes), fileName) as { records?: unknown };
  if (!Array.isArray(records) || records.length === 0)
    throw new InputError({ file: fileName, line: 1, path: 'records', message: 'there are no records in it', expected: 'a list' });
  const all = records as readonly Readonly<Record<string, unknown>>[];
  const index = wanted === undefined ? 0 : all.findIndex(({ id }) => id === wanted);
  if (index < 0)
    throw new InputError({
      file: fileName,
      path: 'records',
      message: `no record '${wanted!}'`,
      expected: `one of ${all.map(({ id }) => String(id)).join(', ')}`,
    });
  try {
    const record = all[index]!;
    const { core, layer, mapping } = zigzagCase(record, `records.${index}.`);
    const { onloading, computation_total0: computation, offloading } = (record['latency_cycles'] ?? {}) as Record<string, unknown>;
    const { total } = (record['energy_pJ'] ?? {}) as { total?: unknown };
    const said = [onloading, computation, offloading, total].every((value) => typeof value === 'number')
      ? { result: { cycles: { onloading, computation, offloading } as ReadResult['cycles'], energyPj: total as number } }
      : {};
    const mapped: MappedLayer = { layer, operator: operatorOf(layer), mapping, ...said };
    return {
      machine: zigzagMachineDocument(core),
      workload: zigzagWorkload(layer.name, [mapped]),
      ...mappedParts(core, [mapped], 'result' in said ? [] : ['worked out here: the record says no cycles']),
      unused: ['ports', 'tile_bits_per_instance', 'double_buffered', 'word_accesses', 'utilisation'].map((key) => ({
        file: fileName,
        path: `records.${index}.${key}`,
        reason: 'follows from machine and mapping',
      })),
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.problems.map((problem) => ({ ...problem, file: fileName })));
  }
}

/** Mapping, estimate (the tool's own, or the twin's), and what the mapping demands. */
function mappedParts(
  core: ZigzagCore,
  layers: readonly MappedLayer[],
  notes: readonly string[],
): Required<Pick<ImportResult, 'mapping' | 'estimate' | 'demands' | 'capacities'>> {
  const evaluated = layers.map(({ layer, mapping }) => evaluateZigzag(core, layer, mapping));
  const said = layers.map((layer, index): MappedLayer => {
    const { latency, energy } = evaluated[index]!;
    return {
      ...layer,
      result: layer.result ?? {
        cycles: { onloading: latency.onloading, computation: latency.computation, offloading: latency.offloading },
        energyPj: energy.totalPj,
      },
    };
  });
  const single = layers.length === 1;
  return {
    mapping: nestsOf(core, layers),
    estimate: estimateOf(said, notes),
    demands: [
      ...summed(evaluated.map((evaluation) => zigzagDemands(evaluation))),
      ...(single ? [] : evaluated.flatMap((evaluation) => zigzagDemands(evaluation, evaluation.layer.name))),
    ],
    capacities: evaluated.flatMap((evaluation) => zigzagCapacities(evaluation, single ? undefined : evaluation.layer.name)),
  };
}

/** Layers follow one another: what a resource does in each adds up. */
function summed(layers: readonly (readonly ResourceDemand[])[]): ResourceDemand[] {
  if (layers.length === 1) return [...layers[0]!];
  const totals = new Map<string, ResourceDemand>();
  for (const { parts: _, ...demand } of layers.flat()) {
    const before = totals.get(demand.resource);
    totals.set(demand.resource, before === undefined ? demand : { ...before, amount: before.amount + demand.amount });
  }
  return [...totals.values()];
}

function nestsOf(core: ZigzagCore, layers: readonly MappedLayer[]): Record<string, LoopNest> {
  return Object.fromEntries(layers.map(({ layer, mapping }) => [layer.name, zigzagNest(core, layer, mapping)]));
}

function estimateOf(layers: readonly MappedLayer[], notes: readonly string[]): Estimate {
  const cyclesOf = ({ result }: MappedLayer): number => result!.cycles.onloading + result!.cycles.computation + result!.cycles.offloading;
  return estimateFrom(
    layers.map((mapped) => ({
      layer: mapped.layer.name,
      operator: mapped.operator.toLowerCase(),
      macs: product(Object.values(mapped.layer.loops)),
      cycles: cyclesOf(mapped),
      computeCycles: mapped.result!.cycles.computation,
      energyPj: mapped.result!.energyPj,
    })),
    layers.reduce((all, mapped) => all + cyclesOf(mapped), 0),
    layers.reduce((all, { result }) => all + result!.energyPj, 0),
    notes,
  );
}

function estimateFrom(layers: Estimate['layers'], cycles: number, energyPj: number, notes: readonly string[]): Estimate {
  return {
    estimator: 'zigzag',
    notes: ['layers one after another; ports work side by side', ...notes],
    cycles,
    seconds: cycles / 1e9,
    energyPj,
    layers,
    resources: [],
  };
}

const operatorOf = ({ operands, relations }: ZigzagLayer): string => (operands.length < 3 ? 'pool' : relations.length > 0 ? 'conv' : 'gemm');

export default zigzagImporter;

import { definePlugin, InputError, parseJson, type ImportResult, type ImportSource, type UnusedPart } from 'tessera-sim';
import {
  checkTree,
  evaluateTileflow,
  isFused,
  sharedTensors,
  tileflowBound,
  tileflowCapacities,
  tileflowCase,
  tileflowDemands,
  tileflowEstimate,
  tileflowMachineDocument,
  tileflowNests,
  tileflowWorkload,
  type TileflowCase,
  type TileflowMachine,
  type TileflowNode,
  type TileflowSaid,
} from 'tessera-sim/tileflow';
import { readArchitecture } from './architecture.js';
import { readPrinted, resultIn } from './printed.js';
import { readProblem, type Macros } from './problem.js';
import { kindOf, recogniseTileflow, sectionsOf, isObject, type Section } from './source.js';
import { readTree } from './tree.js';

interface TileflowConfig {
  readonly record?: string;
  readonly macros?: string;
}

/** TileFlow's architectures, problems, trees and results. */
const tileflowImporter = definePlugin<TileflowConfig>({
  kind: 'importer',
  name: 'tileflow',
  version: '1.0.0',
  summary: "TileFlow's machines, problems, trees of tiles and scopes, printed mappings and results",
  sources: ['docs/plugins/importers/tileflow.md'],
  configSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      record: { type: 'string', minLength: 1, description: 'Id of the record, where a file of records holds several; default the first' },
      macros: {
        type: 'string',
        pattern: '^\\s*([A-Za-z_]\\w*\\s*=\\s*\\d{1,10}[\\s,]*)*$',
        maxLength: 10_000,
        description: 'Sizes and factors that the files leave to names, e.g. `MO=4 KO=1`; before those under `macro` in a file',
      },
    },
  },
  produces: ['machine', 'workload', 'mapping', 'estimate'],
  extensions: ['.yaml', '.yml', '.json', '.txt', '.csv'],
  recognise: recogniseTileflow,
  read: (sources, config) => read(sources, config),
});

const READ = new Set(['architecture', 'problem', 'mapping', 'macro', 'check']);

interface Sections {
  readonly found: ReadonlyMap<string, Section>;
  readonly unused: UnusedPart[];
}

function read(sources: readonly ImportSource[], config: TileflowConfig): ImportResult {
  const kinds = sources.map((source) => ({ source, kind: kindOf(source) }));
  const strange = kinds.find(({ kind }) => kind === undefined);
  if (strange !== undefined)
    throw new InputError({
      file: strange.source.fileName,
      line: 1,
      message: 'this is no file of TileFlow',
      expected: 'an architecture, problem, mapping, macros, or output of the tool',
    });
  const of = (kind: string): readonly ImportSource[] => kinds.filter((one) => one.kind === kind).map(({ source }) => source);
  const [record] = of('record');
  if (record !== undefined) return fromRecord(record, config);
  const { found, unused } = gathered(of('yaml'));
  const macros = macrosOf(found.get('macro'), config);
  const architecture = found.get('architecture');
  const machine = architecture === undefined ? undefined : readArchitecture(architecture);
  const problem = found.get('problem') === undefined ? undefined : readProblem(found.get('problem')!, macros);
  const printed = of('printed').map((source) => ({ source, ...readPrinted(source, problem === undefined ? [] : sharedTensors(problem)) }));
  const tables = of('table').map((source) => ({ source, said: resultIn(new TextDecoder().decode(source.bytes).split(/\r?\n/), source.fileName) }));
  const said = [...printed, ...tables].find((one) => one.said !== undefined)?.said;
  const outputTree = printed.find(({ tree }) => tree !== undefined);
  const base = machine === undefined ? {} : { machine: machineDocument(machine, architecture!) };
  for (const { source } of [...printed, ...tables])
    unused.push({ file: source.fileName, path: '*::*', reason: 'movements of memories follow from machine, problem and tree' });
  const mapping = found.get('mapping');
  if (outputTree !== undefined && mapping !== undefined)
    unused.push({ file: mapping.file, path: 'mapping', reason: `the tree with its factors is taken from ${outputTree.source.fileName}` });
  if (problem === undefined) {
    const tree = outputTree?.source.fileName ?? mapping?.file;
    if (tree !== undefined && said === undefined)
      throw new InputError({ file: tree, line: 1, message: 'a tree without its problem', expected: 'architecture, problem and mapping, named together' });
    if (outputTree !== undefined) unused.push({ file: outputTree.source.fileName, path: 'tree', reason: 'without its problem a tree has no tensors' });
    return { ...base, ...(said === undefined ? {} : { estimate: plainEstimate(said) }), unused };
  }
  const name = found
    .get('problem')!
    .file.replace(/^.*[\\/]/, '')
    .replace(/\.ya?ml$/i, '');
  if (outputTree === undefined && mapping === undefined) {
    const workload = tileflowWorkload(name, problem, machine?.levels[0]?.wordBits ?? 16);
    return { ...base, workload, ...(said === undefined ? {} : { estimate: plainEstimate(said) }), unused };
  }
  const only = problem.operations.length === 1 ? problem.operations[0]!.name : undefined;
  const own = outputTree === undefined ? readTree(mapping!, macros, only) : { tree: outputTree.tree!, unused: [] };
  unused.push(...own.unused);
  const subject: TileflowCase = { id: name, machine: machine ?? machineOfTree(own.tree), problem, tree: own.tree };
  const file = outputTree?.source.fileName ?? mapping!.file;
  const loopCount = !isUnchecked(found.get('check'));
  within(file, mapping, () => checkTree(subject, 'mapping', { loopCount }));
  return within(file, undefined, () => ({ ...base, ...parts(subject, machine !== undefined, said, file, unused) }));
}

/** The parts of all files at their outermost level, each there once. */
function gathered(sources: readonly ImportSource[]): Sections {
  const found = new Map<string, Section>();
  const unused: UnusedPart[] = [];
  for (const source of sources)
    for (const [key, section] of sectionsOf(source)) {
      const line = section.line('');
      if (!READ.has(key))
        unused.push({ file: source.fileName, ...(line === undefined ? {} : { line }), path: key, reason: 'how the tool runs, not what it runs' });
      else if (found.has(key) && key !== 'check') section.fail(key, `there is a second '${key}'`, `one; the first is in ${found.get(key)!.file}`);
      else found.set(key, section);
    }
  return { found, unused };
}

function macrosOf(section: Section | undefined, { macros }: TileflowConfig): Macros {
  const all = new Map<string, number>(section === undefined ? [] : macrosIn(section));
  for (const [, name, value] of (macros ?? '').matchAll(/(\w+)\s*=\s*(\d+)/g)) all.set(name!, Number(value));
  return all;
}

function macrosIn(section: Section): (readonly [string, number])[] {
  if (!isObject(section.value)) section.fail('macro', 'macro is no mapping', 'names with numbers');
  return Object.entries(section.value).map(([name, value]) =>
    typeof value === 'number' ? ([name, value] as const) : section.fail(`macro.${name}`, `'${name}' is ${JSON.stringify(value)}`, 'a number'),
  );
}

const isUnchecked = (section: Section | undefined): boolean => isObject(section?.value) && /^false$/i.test(String(section.value['loopcount']));

/** Memories as the tree names them, where no architecture says more. */
function machineOfTree(tree: TileflowNode): TileflowMachine {
  const names: string[] = [];
  const walk = (node: TileflowNode): void => {
    if (node.type === 'scope') for (const child of node.children) walk(child);
    if (node.type !== 'tile') return;
    if (!names.includes(node.level)) names.push(node.level);
    walk(node.child);
  };
  walk(tree);
  return {
    name: 'machine',
    levels: names.map((name) => ({ name, instances: 1, meshX: 1, meshY: 1, wordBits: 16 })),
    macs: { instances: 1, meshX: 1, meshY: 1 },
  };
}

function machineDocument(machine: TileflowMachine, section: Section): Record<string, unknown> {
  return within(section.file, section, () => tileflowMachineDocument(machine));
}

/** What a whole case gives. `known`: the machine is the tool's, not made up of names. */
function parts(subject: TileflowCase, known: boolean, said: TileflowSaid | undefined, file: string, unused: readonly UnusedPart[]): ImportResult {
  const { machine, problem, tree } = subject;
  const fused = isFused(tree)
    ? [{ file, path: 'mapping', reason: 'our nests are one a layer: tensors handed on inside of a tile go through the outermost memory here' }]
    : [];
  const base = { workload: tileflowWorkload(subject.id, problem, machine.levels[0]!.wordBits), mapping: tileflowNests(subject), unused: [...unused, ...fused] };
  if (!known) return { ...base, ...(said === undefined ? {} : { estimate: plainEstimate(said) }) };
  const evaluation = evaluateTileflow(subject);
  const demands = tileflowDemands(subject, evaluation);
  const compute = demands.filter(({ kind }) => kind === 'compute');
  return {
    ...base,
    estimate: tileflowEstimate(subject, said),
    demands,
    capacities: tileflowCapacities(subject, evaluation),
    expect: { cycles: { atLeast: Math.floor(tileflowBound(compute).cycles) } },
  };
}

function plainEstimate({ cycles, energyPj }: TileflowSaid): NonNullable<ImportResult['estimate']> {
  return {
    estimator: 'tileflow',
    notes: ["TileFlow's own result"],
    cycles,
    seconds: cycles / 1e9,
    ...(energyPj === undefined ? {} : { energyPj }),
    layers: [],
    resources: [],
  };
}

function fromRecord({ fileName, bytes }: ImportSource, { record: wanted }: TileflowConfig): ImportResult {
  const { records } = parseJson(new TextDecoder().decode(bytes), fileName) as { records?: unknown };
  if (!Array.isArray(records) || records.length === 0)
    throw new InputError({ file: fileName, line: 1, path: 'records', message: 'there are no records in it', expected: 'a list' });
  const ids = records.map((record: unknown) => (isObject(record) ? String(record['id']) : ''));
  const index = wanted === undefined ? 0 : ids.indexOf(wanted);
  if (index < 0) throw new InputError({ file: fileName, path: 'records', message: `no record '${wanted!}'`, expected: `one of ${ids.join(', ')}` });
  return within(fileName, undefined, () => {
    const subject = tileflowCase(records[index], `records.${index}.`);
    const expected = (records[index] as { expected?: unknown }).expected;
    const { cycles, energy_pJ: energyPj } = isObject(expected) ? expected : {};
    const said = typeof cycles === 'number' ? { cycles, ...(typeof energyPj === 'number' ? { energyPj } : {}) } : undefined;
    const unused = [{ file: fileName, path: `records.${index}.expected.levels`, reason: 'movements of memories follow from machine, problem and tree' }];
    return { machine: tileflowMachineDocument(subject.machine), ...parts(subject, true, said, fileName, unused) };
  });
}

/** Faults of what the files say, with the file and, where it is known, the line. */
function within<T>(file: string, section: Section | undefined, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(
      error.problems.map((problem) => {
        const line = problem.line ?? (section?.file === file ? section.line('') : undefined);
        return { ...problem, file, ...(line === undefined ? {} : { line }) };
      }),
    );
  }
}

export default tileflowImporter;

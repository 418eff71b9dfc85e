import { InputError, type ImportSource, type UnusedPart } from 'tessera-sim';
import {
  either,
  isTable,
  looksLikeMapText,
  looksLikeStats,
  readArchitecture,
  readDirectives,
  readMapText,
  readProblem,
  readStats,
  readTables,
  readYaml,
  withTables,
  type Architecture,
  type EnergyTables,
  type Problem,
  type TimeloopMachine,
  type TimeloopMapping,
  type TimeloopStats,
  type YamlFile,
} from 'tessera-sim/timeloop';
import { readDosaRow } from './dosa-table.js';
import { looksLikeTable } from './recognise.js';

/** What the files hold together. */
export interface Gathered {
  readonly files: readonly string[];
  readonly problem?: Problem;
  readonly machine?: TimeloopMachine;
  readonly mapping?: TimeloopMapping;
  readonly stats?: Pick<TimeloopStats, 'cycles' | 'energyPj'>;
  readonly unused: readonly UnusedPart[];
}

/** Parts that say how to search for a mapping, or how a table came about. */
const LEFT: Readonly<Record<string, string>> = {
  mapper: 'settings of a search for mappings',
  mapspace: 'constraints of a search for mappings',
  mapspace_constraints: 'constraints of a search for mappings',
  architecture_constraints: 'constraints of a search for mappings',
  constraints: 'constraints of a search for mappings',
  sparse_optimizations: 'kept, not timed',
  compound_components: 'how energies of a component come about: the energy table holds the result',
  components: 'how energies of a component come about: the energy table holds the result',
  ERT_summary: 'the energy table itself holds the same',
  ART_summary: 'the area table itself holds the same',
  action_counts: 'counts of actions have no counterpart',
  energy_estimation: 'energies of whole components have no counterpart',
  globals: 'settings of the front end',
  variables: 'settings of the front end',
  dumped_by_timeloop_front_end: 'a note of the front end',
};
const READ = new Set(['architecture', 'arch', 'problem', 'mapping', 'ERT', 'ART']);
const MOST_FILES = 1000;
const MOST_BYTES = 64 * 2 ** 20;

export function gather(sources: readonly ImportSource[], row: number): Gathered {
  if (sources.length === 0) throw new InputError({ message: "importer 'timeloop' got no file" });
  if (sources.length > MOST_FILES) throw new InputError({ message: `there are ${sources.length} files`, expected: `at most ${MOST_FILES}` });
  const collection = new Collection(row);
  for (const source of sources) collection.add(source);
  return collection.together();
}

class Collection {
  private readonly files: string[] = [];
  private readonly unused: UnusedPart[] = [];
  private problem: Problem | undefined;
  private architecture: Architecture | undefined;
  private readonly tables: EnergyTables[] = [];
  private directives: { yaml: YamlFile; list: readonly unknown[] } | undefined;
  private text: { file: string; mapping: TimeloopMapping } | undefined;
  private stats: { file: string; stats: TimeloopStats } | undefined;
  private table: ReturnType<typeof readDosaRow> | undefined;

  constructor(private readonly row: number) {}

  add(source: ImportSource): void {
    const { fileName: file, bytes } = source;
    this.files.push(file);
    if (bytes.length > MOST_BYTES) throw new InputError({ file, message: `it holds ${bytes.length} bytes`, expected: `at most ${MOST_BYTES}` });
    const start = new TextDecoder().decode(bytes.subarray(0, 2 ** 16));
    if (looksLikeTable(start)) this.table = readDosaRow(source, this.row);
    else if (looksLikeStats(start)) this.stats = { file, stats: readStats(new TextDecoder().decode(bytes), file) };
    else if (/Tenssella/.test(start))
      throw new InputError({ file, line: 1, message: 'mappings for Tenssella are not read', expected: '*.map.txt or *.map.yaml, which say the same' });
    else if (/\.txt$/i.test(file) || looksLikeMapText(start)) this.text = { file, mapping: readMapText(new TextDecoder().decode(bytes), file) };
    else this.addYaml(readYaml(source));
  }

  private addYaml(yaml: YamlFile): void {
    const { file, value } = yaml;
    placed(yaml, () => {
      for (const key of Object.keys(value)) this.addKey(key, yaml);
      if (value['ERT'] !== undefined || value['ART'] !== undefined) this.tables.push(readTables(value));
    });
    if (!Object.keys(value).some((key) => READ.has(key) || key.replaceAll('-', '_') in LEFT))
      throw new InputError({
        file,
        line: 1,
        message: `this is no file of Timeloop: its keys are ${Object.keys(value).slice(0, 5).join(', ')}`,
        expected: [...READ].join(', '),
      });
  }

  private addKey(key: string, yaml: YamlFile): void {
    const { file, value } = yaml;
    if (key === 'problem') this.addProblem(yaml);
    else if (key === 'architecture' || key === 'arch') this.addArchitecture(yaml);
    else if (key === 'mapping') {
      if (Array.isArray(value[key]) && (value[key] as unknown[]).length > 0) this.directives = { yaml, list: value[key] as unknown[] };
    } else if (!READ.has(key)) this.leave(file, yaml.lineOf(key), key, LEFT[key.replaceAll('-', '_')] ?? 'not known');
  }

  private addProblem(yaml: YamlFile): void {
    const stated = yaml.value['problem'];
    this.problem = readProblem(stated);
    if (Object.keys(this.problem.densities).length > 0)
      this.leave(yaml.file, yaml.lineOf('problem.instance.densities'), 'problem.instance.densities', 'kept, not timed: figures are those of dense data');
    if (!isTable(stated)) return;
    const instance = isTable(stated['instance']) ? stated['instance'] : stated;
    const shape = isTable(stated['shape']) ? stated['shape'] : {};
    const coefficients = Array.isArray(either(shape, 'coefficients'))
      ? (either(shape, 'coefficients') as { name?: unknown }[]).map(({ name }) => String(name))
      : ['Wstride', 'Hstride', 'Wdilation', 'Hdilation'];
    const known = new Set([...this.problem.dimensions, ...coefficients, 'densities', 'shape', 'version', 'name']);
    for (const key of Object.keys(instance))
      if (!known.has(key)) this.leave(yaml.file, yaml.lineOf(`problem.instance.${key}`), `problem.instance.${key}`, 'the shape does not use it');
  }

  private addArchitecture(yaml: YamlFile): void {
    this.architecture = readArchitecture(yaml);
    for (const { path, reason } of this.architecture.left) this.leave(yaml.file, yaml.lineOf(path), path, reason);
  }

  private leave(file: string, line: number | undefined, path: string, reason: string): void {
    this.unused.push({ file, ...(line === undefined ? {} : { line }), path, reason });
  }

  together(): Gathered {
    const machine = this.machine();
    const mapping = this.mapping();
    const stats =
      this.table?.cycles === undefined
        ? this.stats?.stats
        : { cycles: this.table.cycles, ...(this.table.energyPj === undefined ? {} : { energyPj: this.table.energyPj }) };
    const problem = this.problem ?? this.table?.problem;
    return {
      files: this.files,
      unused: this.unused,
      ...(problem === undefined ? {} : { problem }),
      ...(machine === undefined ? {} : { machine }),
      ...(mapping === undefined ? {} : { mapping }),
      ...(stats === undefined ? {} : { stats }),
    };
  }

  private machine(): TimeloopMachine | undefined {
    const own = this.architecture?.machine ?? this.table?.machine ?? this.stats?.stats.machine;
    if (own === undefined) {
      if (this.tables.length > 0) this.leave(this.files[0]!, undefined, 'energy or area tables', 'energies and areas of components without their architecture');
      return undefined;
    }
    return this.tables.reduce(withTables, own);
  }

  private mapping(): TimeloopMapping | undefined {
    if (this.text !== undefined) {
      if (this.directives !== undefined)
        this.leave(this.directives.yaml.file, this.directives.yaml.lineOf('mapping'), 'mapping', `${this.text.file} says the same`);
      return this.text.mapping;
    }
    if (this.directives === undefined) return this.table?.mapping;
    const { yaml, list } = this.directives;
    return placed(yaml, () => readDirectives(list, this.problem ?? impliedProblem(list), this.architecture?.targets));
  }
}

/** A mapping that comes without its problem tells the dimensions and data spaces that it uses. */
function impliedProblem(list: readonly unknown[]): Problem {
  const dimensions = new Set<string>();
  const spaces = new Set<string>();
  for (const entry of list) {
    if (!isTable(entry)) continue;
    const factors = Array.isArray(entry['factors']) ? entry['factors'].join(' ') : String(entry['factors'] ?? '');
    for (const [, name] of factors.matchAll(/([A-Za-z_]+)\s*=?\s*\d+/g)) dimensions.add(name!);
    for (const key of ['keep', 'bypass']) if (Array.isArray(entry[key])) for (const name of entry[key] as unknown[]) spaces.add(String(name));
  }
  const names = spaces.size === 0 ? ['Weights', 'Inputs', 'Outputs'] : [...spaces];
  return {
    name: 'layer',
    dimensions: [...dimensions],
    sizes: [...dimensions].map(() => 1),
    dataSpaces: names.map((name) => ({ name, readWrite: /^(outputs?|Z)$/i.test(name), axes: [] })),
    densities: {},
  };
}

/** Problems that name a path get the file and the line where it is. */
function placed<T>(yaml: YamlFile, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(
      error.problems.map((problem) => {
        const line = problem.line ?? (problem.path === undefined ? undefined : yaml.lineOf(problem.path));
        return { ...problem, file: problem.file ?? yaml.file, ...(line === undefined ? {} : { line }) };
      }),
    );
  }
}

import { InputError } from 'tessera-sim';
import type { ComputeLevel, StorageLevel, TimeloopMachine } from '../machine.js';
import { defined } from '../defined.js';
import { Attributes } from './attributes.js';
import { isTable, type Table, type YamlFile } from './yaml-file.js';

/** A level that mappings may name, outermost first: storage, or a fan-out that only has loops in space. */
export interface TargetLevel {
  readonly name: string;
  /** Other names that mappings use for it. */
  readonly aliases: readonly string[];
  /** What the architecture itself says that it keeps; absent: everything. */
  readonly keep?: readonly string[];
  readonly bypass?: readonly string[];
}

export interface Architecture {
  readonly machine: TimeloopMachine;
  readonly targets: readonly TargetLevel[];
  /** Paths that have no counterpart, with the reason. */
  readonly left: readonly { readonly path: string; readonly reason: string }[];
}

const MOST_COMPONENTS = 10_000;
const MOST_DEPTH = 64;
const COMPUTE = /mac|compute|multiplier|adder|alu|fpu|arithmetic/i;
const NO_COUNTERPART =
  /^(n_banks|num[-_]banks|num[-_]ports|n_\w*ports?|technology|type|has_power_gating|power_gated_at|update_fifo_depth|fill_drain_latency|reduction_supported|min_utilization|allow_overbooking|network[-_]word[-_]bits|per_dataspace_bandwidth_consumption_scale|energy_per_access|metadata_\w+)$/;

interface Component {
  readonly name: string;
  readonly className: string;
  readonly attributes: Attributes;
  readonly fanout: number;
  readonly path: string;
  readonly table: Table;
}

interface FanOut {
  readonly name: string;
  readonly fanout: number;
  readonly table: Table;
  readonly path: string;
}

/** Reads an architecture of any version: `architecture.nodes` (0.4), `architecture.subtree` (0.2, 0.3), `arch.storage` (0.1). */
export function readArchitecture(yaml: YamlFile): Architecture {
  const { architecture, arch } = yaml.value;
  if (isTable(arch)) return oldest(arch);
  if (!isTable(architecture)) throw bad('architecture', 'the architecture is no mapping', 'nodes, or a subtree');
  const version = Number(architecture['version'] ?? 0.3);
  const found: (Component | FanOut)[] = [];
  if (Array.isArray(architecture['nodes']))
    walkNodes(architecture['nodes'] as unknown[], 'architecture.nodes', yaml, { fanout: 1, attributes: new Attributes([], 'architecture') }, found, 0);
  else walkTree(architecture, 'architecture', 1, new Attributes([], 'architecture'), found, 0);
  return assemble(found, version);
}

interface Scope {
  fanout: number;
  attributes: Attributes;
}

/** A list of nodes of version 0.4: each lies inside of all before it, but for those that are parallel. */
function walkNodes(nodes: readonly unknown[], path: string, yaml: YamlFile, scope: Scope, found: (Component | FanOut)[], depth: number): Scope {
  if (depth > MOST_DEPTH) throw bad(path, 'the architecture is nested too deeply', `at most ${MOST_DEPTH} levels`);
  let here = scope;
  nodes.forEach((node, index) => {
    const at = `${path}.${index}`;
    if (!isTable(node)) throw bad(at, 'this node is no mapping', '`!Component` or `!Container` with a name');
    const tag = yaml.tagOf(node) ?? '';
    if (tag === 'Nothing') return;
    if (Array.isArray(node['nodes'])) {
      const parallel = tag === 'Parallel' || tag === 'Pipelined';
      if (parallel) for (const [inner, one] of (node['nodes'] as unknown[]).entries()) walkNodes([one], `${at}.nodes.${inner}`, yaml, here, found, depth + 1);
      else here = walkNodes(node['nodes'] as unknown[], `${at}.nodes`, yaml, here, found, depth + 1);
      return;
    }
    const { name, times } = named(node['name'], at);
    const attributes = here.attributes.within(node['attributes'], `${at}.attributes`);
    const spatial = isTable(node['spatial']) ? new Attributes([node['spatial']], `${at}.spatial`) : undefined;
    const fanout = times * (spatial?.number('meshX') ?? 1) * (spatial?.number('meshY') ?? 1);
    const inside = { fanout: limited(here.fanout * fanout, at), attributes };
    const isComponent = tag === 'Component' || typeof node['class'] === 'string';
    if (fanout > 1 && !isComponent) push(found, { name, fanout: inside.fanout, table: node, path: at });
    if (isComponent) {
      if (fanout > 1) push(found, { name, fanout: inside.fanout, table: { constraints: undefined }, path: at });
      push(found, componentOf(node, name, attributes, inside.fanout, at));
    }
    // What a component has is its own; what a container has holds inside of it.
    here = isComponent ? { fanout: here.fanout, attributes: here.attributes } : inside;
  });
  return here;
}

/** The tree of versions 0.2 and 0.3, and what version 0.4 writes after templates. */
function walkTree(tree: Table, path: string, instances: number, attributes: Attributes, found: (Component | FanOut)[], depth: number): void {
  if (depth > MOST_DEPTH) throw bad(path, 'the architecture is nested too deeply', `at most ${MOST_DEPTH} levels`);
  const own = attributes.within(tree['attributes'], `${path}.attributes`);
  listAt(tree['local'] ?? [], `${path}.local`).forEach((entry, index) => {
    const at = `${path}.local.${index}`;
    if (!isTable(entry)) throw bad(at, 'this component is no mapping', 'name, class, attributes');
    const { name, times } = named(entry['name'], at);
    const inside = own.within(entry['attributes'], `${at}.attributes`);
    const stated = inside.own('instances');
    push(found, componentOf(entry, name, inside, limited(typeof stated === 'number' ? stated : instances * times, at), at));
  });
  listAt(tree['subtree'] ?? [], `${path}.subtree`).forEach((entry, index) => {
    const at = `${path}.subtree.${index}`;
    if (!isTable(entry)) throw bad(at, 'this part of the tree is no mapping', 'name, local, subtree');
    walkTree(entry, at, limited(instances * named(entry['name'], at).times, at), own, found, depth + 1);
  });
}

function componentOf(table: Table, name: string, attributes: Attributes, fanout: number, path: string): Component {
  const className = [table['class'], table['subclass']].filter((one) => typeof one === 'string').join(' ');
  return { name, className, attributes, fanout, path, table };
}

function push(found: (Component | FanOut)[], one: Component | FanOut): void {
  if (found.length >= MOST_COMPONENTS) throw bad(one.path, 'there are too many components', `at most ${MOST_COMPONENTS}`);
  found.push(one);
}

const isComponent = (one: Component | FanOut): one is Component => 'className' in one;

function assemble(found: readonly (Component | FanOut)[], version: number): Architecture {
  const components = found.filter(isComponent);
  const arithmetic = components.findLast(({ className }) => COMPUTE.test(className)) ?? components.at(-1);
  if (arithmetic === undefined || components.length < 2) throw bad('architecture', 'there are no components', 'storage, and arithmetic');
  const levels: StorageLevel[] = [];
  const targets: TargetLevel[] = [];
  const left: { path: string; reason: string }[] = [];
  for (const one of found) {
    if (one === arithmetic) continue;
    const kept = constraintsOf(one.table);
    if (!isComponent(one)) targets.push({ name: `inter_${one.name}_spatial`, aliases: [one.name], keep: [] });
    else if (one.className.startsWith('dummy_storage')) targets.push({ name: one.name, aliases: [one.name.replace(/^inter_(.*)_spatial$/, '$1')], keep: [] });
    else {
      levels.push(storageOf(one));
      targets.push({ name: one.name, aliases: [], ...kept });
    }
    if (isComponent(one) && !one.className.startsWith('dummy_storage')) left.push(...leftOf(one));
    if (isTable(one.table['constraints']))
      left.push({
        path: `${one.path}.constraints`,
        reason: 'constraints of a search for mappings; kept and bypassed data are used where the mapping is silent',
      });
    if (one.table['sparse_optimizations'] !== undefined) left.push({ path: `${one.path}.sparse_optimizations`, reason: 'kept, not timed' });
  }
  return { machine: { name: 'timeloop', levels, compute: computeOf(arithmetic), countsFirstFills: version < 0.4 }, targets, left };
}

function constraintsOf(table: Table): { keep?: readonly string[]; bypass?: readonly string[] } {
  const constraints = table['constraints'];
  const dataspace = isTable(constraints) ? constraints['dataspace'] : undefined;
  if (!isTable(dataspace)) return {};
  const names = (value: unknown): string[] | undefined => (Array.isArray(value) ? value.map(String) : undefined);
  const keep = names(dataspace['keep']);
  const bypass = names(dataspace['bypass']);
  return { ...(keep === undefined ? {} : { keep }), ...(bypass === undefined ? {} : { bypass }) };
}

function leftOf({ table, path }: Component): { path: string; reason: string }[] {
  const { attributes } = table;
  if (!isTable(attributes)) return [];
  return Object.keys(attributes).flatMap((key) =>
    NO_COUNTERPART.test(key) ? [{ path: `${path}.attributes.${key}`, reason: "no part in Timeloop's cycles" }] : [],
  );
}

function storageOf({ name, className, attributes, fanout, path }: Component): StorageLevel {
  const wordBits = attributes.number('word_bits', 'datawidth') ?? attributes.number('width', 'memory_width') ?? 8;
  const clusterSize = attributes.number('cluster_size') ?? 1;
  const width = attributes.number('width', 'memory_width');
  const stated = attributes.number('block_size');
  const blockSize = Math.max(1, Math.floor(stated ?? (width === undefined ? 1 : width / (wordBits * clusterSize))));
  const depth = attributes.number('depth', 'memory_depth');
  const kilobytes = attributes.number('sizeKB');
  const entries = attributes.number('entries');
  const words =
    entries ?? (kilobytes === undefined ? (depth === undefined || /DRAM/i.test(className) ? undefined : depth * blockSize) : (kilobytes * 8192) / wordBits);
  const both = attributes.number('bandwidth');
  const level: StorageLevel = {
    name,
    class: className,
    instances: fanout,
    ...defined('meshX', attributes.number('meshX')),
    ...defined('sizeWords', words === undefined ? undefined : Math.floor(words)),
    wordBits,
    blockSize,
    clusterSize,
    // The oldest key is one for both directions; the tool gives half to each.
    ...defined('readBandwidth', attributes.number('read_bandwidth') ?? (both === undefined ? undefined : both / 2)),
    ...defined('writeBandwidth', attributes.number('write_bandwidth') ?? (both === undefined ? undefined : both / 2)),
    ...defined('sharedBandwidth', attributes.number('shared_bandwidth', 'rw_bandwidth')),
    multipleBuffering: attributes.number('multiple_buffering') ?? 1,
  };
  for (const [key, value] of Object.entries(level))
    if (typeof value === 'number' && !(value > 0)) throw bad(`${path}.attributes`, `${key} of ${name} is ${value}`, 'a number above 0');
  return level;
}

function computeOf({ name, className, attributes, fanout }: Component): ComputeLevel {
  return {
    name,
    class: className,
    instances: fanout,
    ...defined('meshX', attributes.number('meshX')),
    ...defined('wordBits', attributes.number('word_bits', 'datawidth')),
  };
}

/** `arch.arithmetic` and `arch.storage`, innermost first, as CoSA still writes it. */
function oldest(arch: Table): Architecture {
  const arithmetic = arch['arithmetic'];
  if (!isTable(arithmetic)) throw bad('arch.arithmetic', 'the arithmetic is missing', 'instances and word-bits');
  const storage = listAt(arch['storage'], 'arch.storage');
  if (storage.length === 0) throw bad('arch.storage', 'there is no storage', 'levels, innermost first');
  const components = storage.map((entry, index): Component => {
    const path = `arch.storage.${index}`;
    if (!isTable(entry)) throw bad(path, 'this level is no mapping', 'name, entries, instances');
    const { name } = named(entry['name'], path);
    const attributes = new Attributes([entry], path);
    return {
      name,
      className: String(entry['technology'] ?? 'SRAM'),
      attributes,
      fanout: limited(attributes.number('instances') ?? 1, path),
      path,
      table: { attributes: entry },
    };
  });
  const attributes = new Attributes([arithmetic], 'arch.arithmetic');
  const ordered = components.reverse();
  return {
    machine: {
      name: 'timeloop',
      levels: ordered.map(storageOf),
      compute: {
        name: 'MAC',
        class: 'arithmetic',
        instances: limited(attributes.number('instances') ?? 1, 'arch.arithmetic.instances'),
        ...defined('wordBits', attributes.number('word_bits')),
      },
      countsFirstFills: true,
    },
    targets: ordered.map(({ name }) => ({ name, aliases: [] })),
    left: ordered.flatMap(({ table, path }) =>
      Object.keys(table['attributes'] as Table).flatMap((key) =>
        NO_COUNTERPART.test(key) ? [{ path: `${path}.${key}`, reason: "no part in Timeloop's cycles" }] : [],
      ),
    ),
  };
}

/** `PE[0..167]`, `PE[1..14]` or `PE`. */
function named(value: unknown, path: string): { name: string; times: number } {
  if (typeof value !== 'string' || value === '') throw bad(`${path}.name`, 'this part has no name', 'a name');
  const range = /^(.*?)\[(\d+)\.\.(\d+)\]$/.exec(value.trim());
  // A flattened architecture names the whole way to the component.
  const leaf = (name: string): string => name.split('.').at(-1)!;
  if (range === null) return { name: leaf(value.trim()), times: 1 };
  return { name: leaf(range[1]!), times: Math.max(1, Number(range[3]) - Number(range[2]) + 1) };
}

function limited(instances: number, path: string): number {
  if (Number.isSafeInteger(instances) && instances >= 1 && instances <= 2 ** 31) return instances;
  throw bad(path, `there would be ${instances} instances`, `a whole number from 1 to ${2 ** 31}`);
}

function listAt(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  throw bad(path, 'this is no list', 'a list');
}

function bad(path: string, message: string, expected: string): InputError {
  return new InputError({ path, message, expected });
}

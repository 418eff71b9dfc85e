import { InputError } from 'tessera-sim';

/** A tile of a layer on a core. */
export interface StreamNode {
  readonly id: string;
  readonly layer: number;
  readonly core: number;
  /** Cycles that the tool's cost of the core says. */
  readonly cycles: number;
  /** Place in the order of the schedule: what the tool's start times are read for. */
  readonly rank: number;
  /** Of its output tile. */
  readonly outputBits: number;
  /** Tiles that it reads (bits of the whole tile) or only comes after (0 bits). */
  readonly needs: readonly { readonly id: string; readonly bits: number }[];
  /** Weights by a name that tiles share which read the same ones; 0 bits: none. */
  readonly weights: { readonly name: string; readonly bits: number };
  /** What it reads of the network's own input. */
  readonly inputBits: number;
}

export interface StreamMemory {
  readonly name: string;
  readonly cores: readonly number[];
  readonly capacityBits: number;
}

export interface StreamDump {
  readonly name: string;
  /** In the order in which they start. */
  readonly nodes: readonly StreamNode[];
  readonly memories: readonly StreamMemory[];
  readonly offchipCore: number;
  /** Of a link between cores, and of those to the memory outside. */
  readonly linkBitsPerCycle: number;
  readonly offchipBitsPerCycle: number;
  readonly latencyCycles: number | undefined;
  readonly energyPj: number | undefined;
  readonly layerNames: Readonly<Record<string, string>>;
  /** Operands that the tool says do not fit, by node: not loaded. */
  readonly tooLarge: readonly string[];
}

type Loose = Readonly<Record<string, unknown>>;

const MOST_NODES = 1_000_000;

/** Reads a schedule dump of Stream (2024 line, or of its validation). InputError with the path of what does not fit. */
export function readStreamDump(document: unknown): StreamDump {
  const form = object(document, '');
  const fields = list(form, 'node_fields').map(String);
  const column = (name: string): number => fields.findIndex((field) => field === name || field.startsWith(`${name}[`));
  const at = {
    id: column('id'),
    layer: column('layer'),
    core: column('core'),
    start: column('start'),
    runtime: column('runtime'),
    bits: column('bits_produced'),
    needs: column('preds'),
  };
  for (const [name, index] of Object.entries(at)) check(index >= 0, 'node_fields', `a column for ${name}`);
  const [operands, loops, large] = [column('operand_tensor_bits'), column('loop_ranges_excl_end'), column('too_large_operands')];
  const rows = list(form, 'nodes') as unknown[][];
  check(rows.length > 0 && rows.length <= MOST_NODES, 'nodes', `1 to ${MOST_NODES} tiles`);
  rows.forEach((row, index) => check(Array.isArray(row) && row.length >= fields.length, `nodes.${index}`, `${fields.length} columns`));
  const starts = rows.map((row, index) => number(row[at.start], `nodes.${index}.start`));
  const sorted = rows.map((_, index) => index).sort((a, b) => starts[a]! - starts[b]! || a - b);
  const hasInput = (row: unknown[]): boolean => !(row[at.needs] as unknown[][]).some(([, bits]) => Number(bits) > 0);
  const tooLarge: string[] = [];
  const nodes = sorted.map((index, rank): StreamNode => {
    const row = rows[index]!;
    const path = `nodes.${index}`;
    check(typeof row[at.id] === 'string' && Array.isArray(row[at.needs]), path, 'an id, and a list of tiles before it');
    const own = operands < 0 ? {} : ((row[operands] ?? {}) as Readonly<Record<string, number>>);
    const isLarge = (operand: string): boolean => large >= 0 && Array.isArray(row[large]) && (row[large] as unknown[]).includes(operand);
    const layer = number(row[at.layer], `${path}.layer`);
    const { K, G } = (loops < 0 ? {} : (row[loops] ?? {})) as Readonly<Record<string, readonly number[]>>;
    for (const operand of ['W', 'I', 'O']) if (isLarge(operand)) tooLarge.push(`${String(row[at.id])}: ${operand}`);
    return {
      id: row[at.id] as string,
      layer,
      core: number(row[at.core], `${path}.core`),
      cycles: number(row[at.runtime], `${path}.runtime`),
      rank,
      outputBits: number(own['O'] ?? row[at.bits], `${path}.bits_produced`),
      needs: (row[at.needs] as unknown[][]).map(([id, bits]) => ({ id: String(id), bits: number(bits, `${path}.preds`) })),
      weights: { name: `w${layer}.${(K ?? []).join('-')}.${(G ?? []).join('-')}`, bits: isLarge('W') ? 0 : number(own['W'] ?? 0, `${path}.W`) },
      inputBits: hasInput(row) && !isLarge('I') ? number(own['I'] ?? 0, `${path}.I`) : 0,
    };
  });
  checkNeeds(nodes);
  const memories = list(form, 'memory').map((value, index): StreamMemory => {
    const memory = object(value, `memory.${index}`);
    return {
      name: String(memory['memory']),
      cores: list(memory, 'cores').map((core) => number(core, `memory.${index}.cores`)),
      capacityBits: number(memory['capacity_bits'], `memory.${index}.capacity_bits`),
    };
  });
  const used = new Set(nodes.map(({ core }) => core));
  const outside = memories.find(({ cores }) => cores.every((core) => !used.has(core)))?.cores[0];
  const offchipCore = typeof form['offchip_core'] === 'number' ? form['offchip_core'] : outside;
  check(offchipCore !== undefined, 'memory', 'a memory of a core that computes nothing: the one outside');
  const result = (form['result'] ?? {}) as Loose;
  const names = (form['layers'] ?? {}) as Readonly<Record<string, string>>;
  return {
    name: typeof form['id'] === 'string' ? form['id'] : 'stream',
    nodes,
    memories,
    offchipCore: offchipCore!,
    ...linkRates(form, offchipCore!),
    latencyCycles: typeof result['latency_cycles'] === 'number' ? result['latency_cycles'] : undefined,
    energyPj: typeof result['energy_pJ'] === 'number' ? result['energy_pJ'] : undefined,
    layerNames: names,
    tooLarge,
  };
}

function linkRates(form: Loose, offchip: number): { readonly linkBitsPerCycle: number; readonly offchipBitsPerCycle: number } {
  const rates = list(form, 'links').map((value, index) => {
    const link = object(value, `links.${index}`);
    const bits = number(link['bandwidth_bits_per_cycle'], `links.${index}.bandwidth_bits_per_cycle`);
    check(bits > 0, `links.${index}.bandwidth_bits_per_cycle`, 'a rate above 0');
    const name = String(link['link']);
    return { bits, isOffchip: name.includes(`Core(${offchip})`) || name.includes('Any') };
  });
  check(rates.length > 0, 'links', 'one link at least');
  const of = (isOffchip: boolean): number[] => rates.filter((rate) => rate.isOffchip === isOffchip).map(({ bits }) => bits);
  const [between, outside] = [of(false), of(true)];
  const all = rates.map(({ bits }) => bits);
  return { linkBitsPerCycle: Math.min(...(between.length > 0 ? between : all)), offchipBitsPerCycle: Math.min(...(outside.length > 0 ? outside : all)) };
}

/** Every tile that another needs is there and starts before it. */
function checkNeeds(nodes: readonly StreamNode[]): void {
  const ranks = new Map(nodes.map(({ id, rank }) => [id, rank]));
  check(ranks.size === nodes.length, 'nodes', 'an id of its own for each tile');
  for (const { id, needs, rank } of nodes)
    for (const need of needs) {
      const before = ranks.get(need.id);
      if (before === undefined || before >= rank)
        throw new InputError({
          path: 'nodes',
          message: `tile ${id} needs ${need.id}, which ${before === undefined ? 'is not there' : 'starts later'}`,
          expected: 'tiles that start before it',
        });
    }
}

function check(holds: boolean, path: string, expected: string): void {
  if (!holds) throw new InputError({ path, message: 'this is no schedule of Stream', expected });
}

function object(value: unknown, path: string): Loose {
  check(typeof value === 'object' && value !== null && !Array.isArray(value), path, 'a mapping');
  return value as Loose;
}

function list(parent: Loose, key: string): readonly unknown[] {
  check(Array.isArray(parent[key]), key, 'a list');
  return parent[key] as unknown[];
}

function number(value: unknown, path: string): number {
  check(typeof value === 'number' && Number.isFinite(value) && value >= 0, path, 'a number of 0 or more');
  return value as number;
}

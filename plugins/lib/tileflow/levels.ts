import { InputError } from 'tessera-sim';
import { MAXIMUM_INSTANCES } from './bounds.js';
import type { TileflowLevel, TileflowMachine } from './form.js';

type Loose = Readonly<Record<string, unknown>>;

/** Memories and multipliers as the tool lists them, the outermost first: `{ name, levels: [{ name: 'L1[0..15]', class, meshX, ... }] }`. */
export function architectureLevels(config: Loose, at: string): TileflowMachine {
  const { name, levels } = config;
  if (!Array.isArray(levels) || levels.length === 0)
    throw new InputError({ path: `${at}levels`, message: 'the machine has no levels', expected: 'a list of memories and the multipliers' });
  const parts = levels.map((level: unknown, index) => part(level, `${at}levels.${index}`, 1));
  return machineOf(typeof name === 'string' ? name : 'machine', parts, `${at}levels`);
}

export interface ArchitecturePart {
  readonly memory: boolean;
  readonly level: TileflowLevel;
}

export function machineOf(name: string, parts: readonly ArchitecturePart[], at: string): TileflowMachine {
  const memories = parts.filter(({ memory }) => memory).map(({ level }) => level);
  const macs = parts.find(({ memory }) => !memory)?.level;
  if (macs === undefined || memories.length === 0)
    throw new InputError({ path: at, message: 'the machine lacks a memory or the multipliers', expected: 'memories and a unit of class mac or compute' });
  const twice = memories.find((memory, index) => memories.findIndex(({ name: other }) => other === memory.name) !== index);
  if (twice !== undefined) throw new InputError({ path: at, message: `'${twice.name}' is there twice`, expected: 'names of their own' });
  return { name, levels: memories, macs };
}

/** One memory or unit; `copies`: instances of the parts that hold it, `meshAbove` their columns. */
export function part(value: unknown, at: string, copies: number, meshAbove?: number): ArchitecturePart {
  const given = (typeof value === 'object' && value !== null ? value : {}) as Loose;
  const attributes = { ...given, ...((given['attributes'] ?? {}) as Loose) };
  const { name, range } = named(given['name'], at);
  const kind = String(given['class'] ?? '');
  const memory = !/mac|compute|alu|mult/i.test(kind);
  const instances = number('instances') ?? copies * range;
  if (instances > MAXIMUM_INSTANCES)
    throw new InputError({ path: at, message: `'${name}' has ${instances} instances`, expected: `${MAXIMUM_INSTANCES} at most` });
  const meshX = number('meshX') ?? (range > 1 ? instances : (meshAbove ?? instances));
  const meshY = number('meshY') ?? Math.max(1, Math.round(instances / meshX));
  const wordBits = number('word-bits', 'word_bits', 'datawidth') ?? 16;
  const [kilobytes, entries, depth, block] = [number('sizeKB'), number('entries'), number('depth'), number('block-size', 'block_size') ?? 1];
  const words = entries ?? (depth !== undefined ? depth * block : kilobytes === undefined ? undefined : Math.floor((kilobytes * 8192) / wordBits));
  const [readRate, writeRate, sharedRate] = [rate('read_bandwidth'), rate('write_bandwidth'), rate('shared_bandwidth')];
  return {
    memory,
    level: {
      name,
      instances,
      meshX,
      meshY,
      wordBits,
      ...(readRate === undefined ? {} : { readRate }),
      ...(writeRate === undefined ? {} : { writeRate }),
      ...(sharedRate === undefined ? {} : { sharedRate }),
      ...(words === undefined ? {} : { words }),
    },
  };

  function number(...keys: readonly string[]): number | undefined {
    const key = keys.find((one) => attributes[one] !== undefined);
    if (key === undefined) return undefined;
    const found = attributes[key];
    if (Number.isSafeInteger(found) && (found as number) > 0) return found as number;
    throw new InputError({ path: `${at}.${key}`, message: `'${key}' of '${name}' is ${JSON.stringify(found)}`, expected: 'a whole number above 0' });
  }

  function rate(key: string): number | undefined {
    const found = attributes[key];
    if (found === undefined || (typeof found === 'number' && Number.isFinite(found) && found > 0)) return found as number | undefined;
    throw new InputError({ path: `${at}.${key}`, message: `'${key}' of '${name}' is ${JSON.stringify(found)}`, expected: 'words a cycle, above 0' });
  }
}

/** `L1[0..15]` are sixteen of them. */
export function named(value: unknown, at: string): { readonly name: string; readonly range: number } {
  const found = /^([\w.-]+?)\s*(?:\[(\d{1,9})\.\.(\d{1,9})\])?\s*$/.exec(typeof value === 'string' ? value : '');
  const range = found?.[2] === undefined ? 1 : Number(found[3]) - Number(found[2]) + 1;
  if (found === null || range < 1)
    throw new InputError({ path: `${at}.name`, message: `'${String(value)}' is no name`, expected: 'a name such as L1 or L1[0..15]' });
  return { name: found[1]!, range };
}

import { InputError } from 'tessera-sim';
import { defined } from '../defined.js';
import type { StorageLevel, TimeloopMachine } from '../machine.js';

/** What `*.stats.txt` states: the figures of the run, and the levels with their sizes. */
export interface TimeloopStats {
  readonly cycles: number;
  readonly energyPj?: number;
  /** Of the peak, as a fraction. */
  readonly utilisation?: number;
  readonly areaUm2?: number;
  readonly machine: TimeloopMachine;
}

const MOST_LINES = 1_000_000;
/** Of a line that states a figure. */
const LONGEST_LINE = 1000;

export function looksLikeStats(text: string): boolean {
  return /^Buffer and Arithmetic Levels/m.test(text) || (/^=== .+ ===$/m.test(text) && /^Summary Stats/m.test(text));
}

/** Reads `*.stats.txt` of any version. InputError with the line, also for a file that breaks off before its summary. */
export function readStats(text: string, file: string): TimeloopStats {
  const lines = text.split('\n');
  const summaryAt = lines.findIndex((line) => line.startsWith('Summary Stats'));
  if (lines.length > MOST_LINES) throw new InputError({ file, message: `the file has ${lines.length} lines`, expected: `at most ${MOST_LINES}` });
  if (summaryAt < 0)
    throw new InputError({ file, line: Math.max(1, lines.length), message: 'the file ends before its summary', expected: "a section 'Summary Stats'" });
  const summary = keyed(lines.slice(summaryAt));
  const number = (key: string): number | undefined => numberIn(summary.get(key));
  const cycles = number('Cycles');
  if (cycles === undefined) throw new InputError({ file, line: summaryAt + 1, message: 'the summary states no cycles', expected: '`Cycles: 86016`' });
  const energy = number('Energy');
  const utilisation = number('Utilization');
  const area = number('Area');
  const percent = /%/.test(summary.get('Utilization') ?? '');
  return {
    cycles,
    ...defined('energyPj', energy === undefined ? undefined : (exactEnergy(lines) ?? energy * 1e6)),
    ...defined('utilisation', utilisation === undefined ? undefined : percent ? utilisation / 100 : utilisation),
    ...defined('areaUm2', area === undefined ? undefined : area * 1e6),
    machine: machineOf(lines.slice(0, summaryAt), file),
  };
}

/** The summary rounds to 0.01 uJ; versions before 0.4 print the sum in pJ too. */
function exactEnergy(lines: readonly string[]): number | undefined {
  return numberIn(lines.find((line) => line.startsWith('Total topology energy:'))?.slice('Total topology energy:'.length));
}

function keyed(lines: readonly string[]): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of lines) {
    if (line.length > LONGEST_LINE) continue;
    const match = /^\s*([A-Za-z][\w ()/@-]*?)\s*[:=]\s*(.*)$/.exec(line);
    if (match !== null && !values.has(match[1]!)) values.set(match[1]!, match[2]!);
  }
  return values;
}

function numberIn(text: string | undefined): number | undefined {
  const match = /^\s*(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)/i.exec(text ?? '');
  return match === null ? undefined : Number(match[1]);
}

/** Levels stand innermost first, the arithmetic before the storage. */
function machineOf(lines: readonly string[], file: string): TimeloopMachine {
  const starts = lines.flatMap((line, index) => (/^=== .+ ===\s*$/.test(line) ? [index] : []));
  const networksAt = lines.findIndex((line) => line.startsWith('Networks'));
  const sections = starts
    .filter((start) => networksAt < 0 || start < networksAt)
    .map((start, i, all) => ({ start, lines: lines.slice(start, all[i + 1] ?? lines.length) }));
  if (sections.length < 2)
    throw new InputError({ file, line: 1, message: 'there are no levels in it', expected: '`=== NAME ===` for the arithmetic and each storage' });
  const [arithmetic, ...storage] = sections.map(({ start, lines: own }) => ({
    start,
    name: /^=== (.+?) ===/.exec(own[0]!)![1]!,
    values: keyed(own.slice(1, beginOfStats(own))),
  }));
  const isNew = storage.some(({ values }) => values.has('Vector access energy source') || values.has('Shared bandwidth'));
  const computeEnergy = numberIn(arithmetic!.values.get('Compute energy')) ?? numberIn(arithmetic!.values.get('Energy-per-op'));
  return {
    name: 'timeloop',
    levels: storage.map(({ start, name, values }) => levelOf(name, values, file, start + 1)).reverse(),
    compute: { name: arithmetic!.name, instances: instancesOf(arithmetic!.values, file, arithmetic!.start + 1), ...defined('energyPj', computeEnergy) },
    countsFirstFills: !isNew,
  };
}

function beginOfStats(lines: readonly string[]): number {
  const index = lines.findIndex((line) => /^\s*MAPPING\s*$|^\s*STATS\s*$/.test(line));
  return index < 0 ? lines.length : index;
}

function levelOf(name: string, values: ReadonlyMap<string, string>, file: string, line: number): StorageLevel {
  const first = (...keys: string[]): number | undefined => keys.map((key) => numberIn(values.get(key))).find((value) => value !== undefined);
  const access = first('Vector access energy', 'Vector access energy(max)');
  const read = first('Vector read energy') ?? access;
  const write = first('Vector write energy') ?? access;
  return {
    name,
    instances: instancesOf(values, file, line),
    ...defined('sizeWords', first('Size', 'Data storage size')),
    wordBits: first('Word bits') ?? 8,
    blockSize: first('Block size', 'Data block size') ?? 1,
    clusterSize: first('Cluster size') ?? 1,
    ...defined('readBandwidth', first('Read bandwidth')),
    ...defined('writeBandwidth', first('Write bandwidth')),
    ...defined('sharedBandwidth', first('Shared bandwidth')),
    multipleBuffering: first('Multiple buffering') ?? 1,
    ...(read === undefined || write === undefined ? {} : { energy: { read, fill: write, update: write } }),
    ...defined('areaUm2', first('Area')),
  };
}

function instancesOf(values: ReadonlyMap<string, string>, file: string, line: number): number {
  const instances = numberIn(values.get('Instances'));
  if (instances !== undefined && instances >= 1) return instances;
  throw new InputError({ file, line, message: 'the level states no instances', expected: '`Instances : 168 (14*12)`' });
}

import { InputError, type ReferenceRecord } from 'tessera-sim';

type Loose = Readonly<Record<string, unknown>>;

const BYTE = 8;
/** Sizes of which their products and sums are exact. */
const MOST_OF_A_SIZE = 1_000_000;

/** What a record says of the machine. */
export interface RtlConfig {
  readonly rows: number;
  readonly columns: number;
  readonly macsPerCycle: number;
  readonly wordBytes: number;
  /** Words per cycle. */
  readonly load: number;
  /** Words per cycle. */
  readonly store: number;
}

/** A positive whole number of a record. InputError with its path. */
export function wholeNumber(from: unknown, key: string, path: string): number {
  const value = (from as Loose | null | undefined)?.[key];
  if (Number.isSafeInteger(value) && (value as number) > 0 && (value as number) <= MOST_OF_A_SIZE) return value as number;
  throw new InputError({ path: `${path}.${key}`, message: shown(value), expected: `a whole number from 1 to ${MOST_OF_A_SIZE.toLocaleString('en')}` });
}

/** `config` of a record; `mac_per_cycle` may be left to the array. InputError with the path of what is wrong. */
export function rtlConfig({ config }: ReferenceRecord): RtlConfig {
  const { array } = config;
  const rows = wholeNumber(array, '0', 'config.array');
  const columns = wholeNumber(array, '1', 'config.array');
  const wordBytes = wholeNumber(config, 'word_bits', 'config') / BYTE;
  if (![1, 2, 4].includes(wordBytes)) throw new InputError({ path: 'config.word_bits', message: String(BYTE * wordBytes), expected: '8, 16 or 32' });
  return {
    rows,
    columns,
    macsPerCycle: config['mac_per_cycle'] === undefined ? rows * columns : wholeNumber(config, 'mac_per_cycle', 'config'),
    wordBytes,
    load: rate(config, 'load_words_per_cycle'),
    store: rate(config, 'store_words_per_cycle'),
  };
}

/** The machine file with the rates of a record. The pass goes over a row of the array's columns per cycle. */
export function rtlMachine({ columns, macsPerCycle, wordBytes, load, store }: RtlConfig): Record<string, unknown> {
  return {
    include: 'tessera:scenarios/machines/tileflow-rtl.yaml',
    set: {
      'load.with.bytesPerCycle': wordBytes * load,
      'store.with.bytesPerCycle': wordBytes * store,
      'array.with.macsPerCycle': macsPerCycle,
      'pass.with.macsPerCycle': columns,
    },
  };
}

function rate(config: Loose, key: string): number {
  const value = config[key];
  if (typeof value === 'number' && value > 0 && value <= MOST_OF_A_SIZE) return value;
  throw new InputError({ path: `config.${key}`, message: shown(value), expected: 'words per cycle, a number above 0' });
}

function shown(value: unknown): string {
  return value === undefined ? 'it is missing' : String(JSON.stringify(value)).slice(0, 80);
}

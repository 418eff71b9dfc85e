import { InputError, type ReferenceRecord } from 'tessera-sim';

type Loose = Readonly<Record<string, unknown>>;

const BYTE = 8;

/** A positive whole number of a record. InputError with its path. */
export function wholeNumber(from: unknown, key: string, path: string): number {
  const value = (from as Loose | undefined)?.[key];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw new InputError({ path: `${path}.${key}`, message: String(value), expected: 'a whole number above 0' });
}

/** The machine file with the rates of a record. */
export function rtlMachine({ config }: ReferenceRecord): Record<string, unknown> {
  const wordBytes = wholeNumber(config, 'word_bits', 'config') / BYTE;
  return {
    include: 'tessera:scenarios/machines/tileflow-rtl.yaml',
    set: {
      'load.with.bytesPerCycle': wordBytes * wholeNumber(config, 'load_words_per_cycle', 'config'),
      'store.with.bytesPerCycle': wordBytes * wholeNumber(config, 'store_words_per_cycle', 'config'),
      'array.with.macsPerCycle': wholeNumber(config, 'mac_per_cycle', 'config'),
    },
  };
}

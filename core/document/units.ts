/** What a unit measures, as powers of base quantities (`bit/s`), and how many base units it is. */
interface Unit {
  readonly dimension: string;
  readonly factor: number;
}

type Table = Readonly<Record<string, number>>;

const metric = (symbol: string, prefixes: string): Table => {
  const powers: Table = { f: 1e-15, p: 1e-12, n: 1e-9, u: 1e-6, µ: 1e-6, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12 };
  return Object.fromEntries([[symbol, 1], ...[...prefixes].map((prefix) => [`${prefix}${symbol}`, powers[prefix] ?? 1])]);
};

const BYTE_BITS = 8;
const binary = (symbol: string, bits: number): Table =>
  Object.fromEntries(['', 'Ki', 'Mi', 'Gi', 'Ti'].map((prefix, index) => [`${prefix}${symbol}`, bits * 1024 ** index]));
const decimal = (symbol: string, bits: number): Table => ({
  [`k${symbol}`]: bits * 1e3,
  [`K${symbol}`]: bits * 1e3,
  [`M${symbol}`]: bits * 1e6,
  [`G${symbol}`]: bits * 1e9,
  [`T${symbol}`]: bits * 1e12,
});
const same = (names: readonly string[], factor = 1): Table => Object.fromEntries(names.map((name) => [name, factor]));

/** Symbols by what they measure. Bytes are 8 bits, so that `widthBits: 16 B` is a clear 128. */
const QUANTITIES: Readonly<Record<string, Table>> = {
  bit: {
    ...same(['bit', 'bits', 'b']),
    ...same(['byte', 'bytes'], BYTE_BITS),
    ...binary('B', BYTE_BITS),
    ...decimal('B', BYTE_BITS),
    ...binary('bit', 1),
    ...decimal('bit', 1),
    ...decimal('b', 1),
  },
  hertz: { ...metric('Hz', 'kMGT'), hertz: 1 },
  second: { ...metric('s', 'munpfµ'), second: 1, seconds: 1 },
  cycle: same(['cycle', 'cycles']),
  joule: metric('J', 'fpnuµmk'),
  watt: metric('W', 'numµkM'),
  volt: metric('V', 'mµuk'),
  ampere: metric('A', 'mµun'),
  transfer: { ...metric('T', 'kMG'), transfer: 1, transfers: 1 },
  '': { '%': 0.01, '': 1, fraction: 1, ratio: 1, '1': 1 },
  metre: { ...metric('m', 'unmµk'), mm2: 1e-6 },
};

function atom(symbol: string): Unit | undefined {
  for (const [dimension, table] of Object.entries(QUANTITIES)) {
    const factor = Object.hasOwn(table, symbol) ? table[symbol] : undefined;
    if (factor !== undefined) return { dimension, factor };
  }
  return undefined;
}

/** Reads `GHz`, `KiB`, `pJ/bit`, `B/cycle`; undefined for a unit that is not in the table. */
export function parseUnit(text: string): Unit | undefined {
  const [above = '', ...below] = text.trim().replaceAll(' per ', '/').split('/');
  let unit = atom(above.trim());
  for (const symbol of below) {
    const divisor = atom(symbol.trim());
    if (unit === undefined || divisor === undefined) return undefined;
    unit = { dimension: `${unit.dimension}/${divisor.dimension}`, factor: unit.factor / divisor.factor };
  }
  return unit;
}

const QUANTITY = /^\s*([+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([^\d\s].*)?$/;

export type UnitReading =
  | { readonly value: number }
  /** The text is no number, or its unit measures something else. */
  | { readonly problem: 'not-a-number' | 'wrong-unit'; readonly unit: string };

/** Reads `512 KiB` as a number of `targetUnit`; a bare number means the target unit itself. */
export function readQuantity(text: string, targetUnit: string): UnitReading {
  const match = QUANTITY.exec(text);
  if (match === null) return { problem: 'not-a-number', unit: '' };
  const number = Number((match[1] as string).replaceAll('_', ''));
  const written = (match[2] ?? '').trim();
  if (written === '' || written === targetUnit) return { value: number };
  const [from, to] = [parseUnit(written), parseUnit(targetUnit)];
  if (from === undefined || to === undefined || from.dimension !== to.dimension) return { problem: 'wrong-unit', unit: written };
  return { value: withoutRoundingNoise((number * from.factor) / to.factor) };
}

/** 0.1 GHz is 100000000 Hz, not 100000000.00000001. */
function withoutRoundingNoise(value: number): number {
  const rounded = Number(value.toPrecision(12));
  return Math.abs(rounded - value) <= Math.abs(value) * 1e-14 ? rounded : value;
}

/** Units that would be accepted for a target unit, for messages; at most a handful. */
export function unitExamples(targetUnit: string): readonly string[] {
  const target = parseUnit(targetUnit);
  if (target === undefined || targetUnit.includes('/')) return [targetUnit];
  const preferred = ['Hz', 'MHz', 'GHz', 'B', 'KiB', 'MiB', 'GiB', 'bit', 'ps', 'ns', 'us', 'cycles', 'pJ', 'nJ', '%', 'mW', 'W', 'V'];
  const fits = preferred.filter((symbol) => parseUnit(symbol)?.dimension === target.dimension);
  return fits.length === 0 ? [targetUnit] : fits;
}

/**
 * Numbers as people read them, on a terminal and in a page: thousands separators, SI or binary prefixes, units. A missing value
 * is `-`; null is missing too, since that is what JSON makes of NaN.
 */
const MISSING = '-';

type Maybe = number | null | undefined;

function isMissing(value: Maybe): value is null | undefined {
  return value === undefined || value === null || Number.isNaN(value);
}

/**
 * Any number without a unit: `1,234,567`, `1,235` for 1234.6, `12.50`, `0.2998`. Whole numbers are written whole, others from 100 on
 * rounded, from 1 on with two places, below 1 with four significant digits.
 *
 * @param places fraction digits of numbers from 1 on that are not whole, instead of these
 */
export function formatCount(value: Maybe, places?: number): string {
  if (isMissing(value)) return MISSING;
  if (!Number.isFinite(value)) return value > 0 ? 'unlimited' : '-unlimited';
  const size = Math.abs(value);
  if (Number.isInteger(value)) return withSeparators(value.toFixed(0));
  if (size < 1) return String(Number(value.toPrecision(4)));
  return withSeparators(value.toFixed(places ?? (size >= 100 ? 0 : 2)));
}

/** As `formatCount`, with a sign also for positive numbers. */
export function formatSignedCount(value: Maybe): string {
  const text = formatCount(value);
  return !isMissing(value) && value > 0 ? `+${text}` : text;
}

/** Seconds in the unit that leaves one to three digits before the point: `1.234 ms`. */
export function formatSeconds(seconds: Maybe): string {
  return scaled(seconds, 's', SI_SMALL);
}

/** Picojoules as pJ, nJ, uJ, mJ or J. */
export function formatEnergy(picojoules: Maybe): string {
  return isMissing(picojoules) ? MISSING : scaled(picojoules / 1e12, 'J', SI_SMALL);
}

/** A rate or count in T, G, M or k of its unit: `8.100 M`, `1.234 GB/s`. */
export function formatSi(value: Maybe, unit = ''): string {
  return scaled(value, unit, SI_LARGE).trimEnd();
}

/** Bytes with binary prefixes: `512 B`, `1.500 MiB`. */
export function formatBytes(bytes: Maybe): string {
  if (isMissing(bytes)) return MISSING;
  if (!Number.isFinite(bytes)) return 'unlimited';
  const prefixes = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = bytes;
  let prefix = 0;
  while (Math.abs(value) >= 1024 && prefix < prefixes.length - 1) {
    value /= 1024;
    prefix++;
  }
  return `${prefix === 0 ? formatCount(value) : threeDigits(value)} ${prefixes[prefix]}`;
}

/** Bytes in a narrow table, with K, M or G of 1024 and at most three digits: `588K`, `3.06M`. */
export function formatBytesShort(bytes: number): string {
  const power = bytes < 1024 ? 0 : Math.min(3, Math.floor(Math.log2(bytes) / 10));
  return `${power === 0 ? bytes : Number((bytes / 1024 ** power).toPrecision(3))}${['', 'K', 'M', 'G'][power]}`;
}

/** A ratio as percentage: `93.1 %`; `-` of one without end. */
export function formatPercent(ratio: Maybe, places = 1): string {
  if (isMissing(ratio) || !Number.isFinite(ratio)) return MISSING;
  return `${(ratio * 100).toFixed(places)} %`;
}

/** As `formatPercent`, with a sign: `+3.2 %`. */
export function formatSignedPercent(ratio: Maybe, places = 1): string {
  const text = formatPercent(ratio, places);
  return !isMissing(ratio) && Number.isFinite(ratio) && ratio > 0 ? `+${text}` : text;
}

/** A number in a column whose rows all have the same places: `1,800.0`. */
export function formatFixed(value: Maybe, places: number): string {
  return isMissing(value) || !Number.isFinite(value) ? MISSING : withSeparators(value.toFixed(places));
}

/** A rate of a network in flits per node and cycle, with as many places as a search for saturation tells apart: `0.3125`. */
export function formatLoad(load: number): string {
  return load.toFixed(4);
}

/** The same in a sentence, without zeros at its end: `0.5`. */
export function formatLoadShort(load: number): string {
  return String(Number(load.toFixed(4)));
}

/** The first hexadecimal digits, enough to tell digests apart by eye. */
export function shortDigest(digest: string, digits = 12): string {
  return digest.slice(0, digits);
}

const SI_SMALL = [
  { factor: 1, prefix: '' },
  { factor: 1e3, prefix: 'm' },
  { factor: 1e6, prefix: 'u' },
  { factor: 1e9, prefix: 'n' },
  { factor: 1e12, prefix: 'p' },
] as const;

const SI_LARGE = [
  { factor: 1e-12, prefix: 'T' },
  { factor: 1e-9, prefix: 'G' },
  { factor: 1e-6, prefix: 'M' },
  { factor: 1e-3, prefix: 'k' },
  { factor: 1, prefix: '' },
] as const;

/** From the largest unit to the smallest. */
type Prefixes = readonly { readonly factor: number; readonly prefix: string }[];

function scaled(value: Maybe, unit: string, prefixes: Prefixes): string {
  if (isMissing(value) || !Number.isFinite(value)) return MISSING;
  if (value === 0) return `0 ${unit}`;
  const fitting = prefixes.find(({ factor }) => Math.abs(value) * factor >= 0.9995) ?? prefixes[prefixes.length - 1]!;
  return `${threeDigits(value * fitting.factor)} ${fitting.prefix}${unit}`;
}

/** Two to four significant digits, never an exponent. */
function threeDigits(value: number): string {
  const size = Math.abs(value);
  return withSeparators(value.toFixed(size >= 999.5 ? 0 : size >= 99.95 ? 1 : size >= 9.995 ? 2 : 3));
}

function withSeparators(digits: string): string {
  const [whole = '', fraction] = digits.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** Any JSON value as the text of a cell. */
export function cellText(value: unknown): string {
  if (typeof value === 'number') return formatCount(value);
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? MISSING : JSON.stringify(value);
}

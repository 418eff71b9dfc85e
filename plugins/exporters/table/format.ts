/**
 * Numbers as people read them: thousands separators, SI or binary prefixes, units. A missing value is `-`; null is missing
 * too, since that is what JSON makes of NaN.
 */
const MISSING = '-';

type Maybe = number | null | undefined;

function isMissing(value: Maybe): value is null | undefined {
  return value === undefined || value === null || Number.isNaN(value);
}

/** Whole numbers with separators; fractions below 100 keep two places: `1,234,567`, `12.50`. */
export function formatCount(value: Maybe): string {
  if (isMissing(value)) return MISSING;
  if (!Number.isFinite(value)) return value > 0 ? 'unlimited' : '-unlimited';
  const places = Number.isInteger(value) || Math.abs(value) >= 100 ? 0 : 2;
  return withSeparators(value.toFixed(places));
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

/** Bytes with binary prefixes: `512 B`, `1.50 MiB`. */
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

/** A ratio as percentage: `93.1 %`. */
export function formatPercent(ratio: Maybe): string {
  if (isMissing(ratio) || !Number.isFinite(ratio)) return MISSING;
  return `${(ratio * 100).toFixed(1)} %`;
}

/** As `formatPercent`, with a sign: `+3.2 %`. */
export function formatSignedPercent(ratio: Maybe): string {
  const text = formatPercent(ratio);
  return !isMissing(ratio) && Number.isFinite(ratio) && ratio > 0 ? `+${text}` : text;
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

function scaled(value: Maybe, unit: string, prefixes: typeof SI_SMALL): string {
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
  return value === undefined || value === null ? '-' : JSON.stringify(value);
}

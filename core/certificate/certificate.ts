import type { LayerCoverage } from './coverage.js';
import type { Sizes } from './places.js';
import type { Feeders, Replayed } from './replay.js';
import type { Unchecked } from './unchecked.js';

/** What a legal schedule was found to be, and of which inputs: schemas/certificate.schema.json. */
export interface Certificate extends Sizes {
  readonly tesseraCertificate: 1;
  readonly scenario: string;
  /** Path of the scenario from the folder of the certificate. */
  readonly file: string;
  readonly set: Readonly<Record<string, unknown>>;
  readonly seed: number;
  /** SHA-256 of every file, by name. */
  readonly inputs: Readonly<Record<string, string>>;
  /** SHA-256 of the code of third-party plugins. */
  readonly plugins: readonly string[];
  readonly schedule: {
    readonly operations: number;
    /** Of its lines as NDJSON, collectives expanded. */
    readonly sha256: string;
    /** `checked`: whether operations race is decided by time, and not certified. */
    readonly hazards: 'interlocked' | 'checked';
  };
  readonly coverage: Readonly<Record<string, LayerCoverage>>;
  readonly outputs: Readonly<Record<string, Feeders>>;
  /** What nothing could be held against; absent when nothing is left out. */
  readonly unchecked?: Unchecked;
  readonly feeds: Replayed['feeds'];
}

/** The certificate as a file: a line for what feeds each operation. */
export function certificateText(certificate: Certificate): string {
  const { feeds, ...rest } = certificate;
  const head = JSON.stringify(rest, undefined, 1).replace(/\n\}$/, '');
  return `${head},\n "feeds": [\n${feeds.map((line) => `  ${JSON.stringify(line)}`).join(',\n')}\n ]\n}\n`;
}

const MOST_DIFFERENCES = 8;

/** Where a certificate says something else than what was found now, in sentences; where its file lies counts for nothing. */
export function certificateDifferences(given: Certificate, found: Certificate): string[] {
  const told: string[] = [];
  const keys = Object.keys(found).filter((key) => key !== 'file') as (keyof Certificate)[];
  for (const key of keys) compare(key, given[key], found[key], told);
  return told.slice(0, MOST_DIFFERENCES);
}

function compare(path: string, given: unknown, found: unknown, told: string[]): void {
  if (told.length > MOST_DIFFERENCES || JSON.stringify(given) === JSON.stringify(found)) return;
  if (!isTable(given) || !isTable(found)) {
    told.push(`${path}: the certificate says ${shortText(given)}, but it is ${shortText(found)}`);
    return;
  }
  for (const key of new Set([...Object.keys(given), ...Object.keys(found)])) compare(`${path}.${key}`, own(given, key), own(found, key), told);
}

function own(table: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object';
}

function shortText(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

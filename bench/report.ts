import type { Spread } from './measure/statistics.js';

/** What a ratio compares: CPU time of whole processes, or of the simulation alone, or the wall clock. */
export type Scope = 'process' | 'runLoop' | 'wall';

/** How many times more time (or memory, where the name says so) the other took; above 1 this build is the better one. */
export interface Ratio {
  readonly name: string;
  readonly against: string;
  /** True: both ran in turn on this machine, and the value is the median of the rounds' ratios. */
  readonly interleaved: boolean;
  readonly scope: Scope;
  readonly value: number;
  /** The least value that is wanted; null when nothing was promised. */
  readonly bar: number | null;
}

/** Seconds that a reference record carries. They are never put in relation to ours. */
export interface StoredSeconds {
  readonly name: string;
  readonly tool: string;
  readonly cpuSeconds: number;
  /** What the tool did in them. */
  readonly work: string;
  readonly note: string;
}

export const STORED_NOTE = 'stored in the record, measured on another, busy machine';

/** What a benchmark found. */
export interface Findings {
  readonly measurements: Readonly<Record<string, Spread>>;
  readonly ratios: readonly Ratio[];
  readonly stored: readonly StoredSeconds[];
  /** Sentences for the reader of the text and the page. */
  readonly notes: readonly string[];
}

export interface Machine {
  readonly version: string;
  readonly node: string;
  readonly cpu: string;
}

/** The document of `--json`. `unit` is absent where there is no C++ compiler. */
export interface BenchDocument extends Machine {
  /** Names of the benchmarks that ran. */
  readonly name: string;
  readonly unit?: { readonly name: string; readonly eventsPerCpuSecond: number };
  readonly measurements: Readonly<Record<string, Spread>>;
  readonly ratios: readonly Ratio[];
  readonly stored: readonly StoredSeconds[];
}

export function emptyFindings(): Findings {
  return { measurements: {}, ratios: [], stored: [], notes: [] };
}

/** All findings as one; a note that several have stands once. */
export function joinFindings(parts: readonly Findings[]): Findings {
  return {
    measurements: Object.assign({}, ...parts.map((part) => part.measurements)) as Record<string, Spread>,
    ratios: parts.flatMap((part) => part.ratios),
    stored: parts.flatMap((part) => part.stored),
    notes: [...new Set(parts.flatMap((part) => part.notes))],
  };
}

/** The document of a run, exactly in its published form: notes stay out. */
export function documentOf(names: readonly string[], machine: Machine, unit: BenchDocument['unit'], findings: Findings): BenchDocument {
  const { version, node, cpu } = machine;
  const { measurements, ratios, stored } = findings;
  return { name: names.join(' '), version, node, cpu, ...(unit === undefined ? {} : { unit }), measurements, ratios, stored };
}

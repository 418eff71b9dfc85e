import { InputError } from '../errors.js';
import type { JsonSchema } from '../document/json-schema.js';
import type { CapacityDemand, ResourceDemand } from '../analysis/audit/demand.js';
import type { Estimate } from '../result/performance.js';
import type { LoopNest } from '../schedule/form/loop-nest.js';
import type { Schedule } from '../schedule/form/form.js';
import type { Workload } from '../workload/index.js';
import type { ByteRange } from './sibling-file.js';
import type { ToolContext } from './tool-context.js';

/** A file to import, already read. */
export interface ImportSource {
  readonly fileName: string;
  readonly bytes: Uint8Array;
  /**
   * Bytes of a file in its folder or below (external tensor data, included parts), all of it without a range; undefined when there is no
   * such file. InputError for one outside of the folder after all links, one that is no regular file, and a range that it does not hold.
   */
  readSibling(relativePath: string, range?: ByteRange): Uint8Array | undefined;
}

export const IMPORT_PARTS = ['machine', 'workload', 'mapping', 'schedule', 'estimate'] as const;
export type ImportPart = (typeof IMPORT_PARTS)[number];

/** Something in a source that has no counterpart here, or that was left out. */
export interface UnusedPart {
  /** Name of the source. */
  readonly file: string;
  readonly line?: number;
  /** Path inside the source, e.g. `memories.buf.latency`. */
  readonly path: string;
  readonly reason: string;
}

/** What came out of the sources, each part in the form that the rest of Tessera uses. */
export interface ImportResult {
  /** A machine document, as in a machine file (schemas/machine.schema.json). */
  readonly machine?: Readonly<Record<string, unknown>>;
  readonly workload?: Workload;
  /** The loop nest of each layer, by its name. */
  readonly mapping?: Readonly<Record<string, LoopNest>>;
  readonly schedule?: Schedule;
  readonly estimate?: Estimate;
  /** What mapping or schedule demands of the resources of the tool's own machine: for `tessera audit`. */
  readonly demands?: readonly ResourceDemand[];
  readonly capacities?: readonly CapacityDemand[];
  /** Expectations of the scenario that is made of it, by metric, as a scenario writes them, e.g. `{ cycles: { atLeast: 1000 } }`. */
  readonly expect?: Readonly<Record<string, unknown>>;
  readonly unused?: readonly UnusedPart[];
}

/** Another tool's files -> our forms. */
export interface ImporterPlugin<Config = Readonly<Record<string, unknown>>> {
  readonly kind: 'importer';
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  readonly sources?: readonly string[];
  readonly configSchema: JsonSchema;
  /** What can come out. */
  readonly produces: readonly ImportPart[];
  /** Endings of files that it reads, e.g. `['.onnx']`; none: any, and `recognise` decides. */
  readonly extensions: readonly string[];
  /** How sure the importer is that it reads this file: 0 (not mine) to 1. Asked only where several importers come into question. */
  recognise(source: ImportSource): number;
  /** Reads the sources together, in the order in which they were named. InputError with file and line for what cannot be read. */
  read(sources: readonly ImportSource[], config: Config, context: ToolContext): ImportResult | Promise<ImportResult>;
}

/** The source of an importer that reads one file. */
export function oneSource(sources: readonly ImportSource[], importer: string): ImportSource {
  const [source, second] = sources;
  if (source === undefined) throw new InputError({ message: `importer '${importer}' got no file` });
  if (second !== undefined) throw new InputError({ file: second.fileName, message: `importer '${importer}' reads one file`, expected: source.fileName });
  return source;
}

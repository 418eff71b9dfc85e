import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { checkOutputFile } from '../document/check-output.js';
import { writeWhole } from '../document/write-whole.js';
import { runVersions } from '../document/versions.js';
import { InputError } from '../errors.js';
import { digestOf } from '../kernel/digest.js';
import type { SavedState } from '../kernel/state-stream.js';
import type { CheckpointOptions } from './checkpoint-options.js';
import type { LoadedScenario } from '../scenario/loaded-scenario.js';
import { filesOfPlugins } from '../scenario/plugin-files.js';

/** A checkpoint as a file holds it, gzipped JSON. */
interface CheckpointDocument {
  readonly tesseraCheckpoint: 1;
  readonly scenario: string;
  /** Fingerprint of all that the run depends on but its limits. */
  readonly run: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly tick: number;
  readonly cycle: number;
  /** Little-endian doubles, base 64. */
  readonly numbers: string;
  readonly texts: readonly string[];
  /** Of the numbers and texts. */
  readonly sha256: string;
}

export interface Checkpoint {
  readonly state: SavedState;
  readonly cycle: number;
}

/** Inflated size beyond which a file is no checkpoint of ours. */
const MAX_BYTES = 2 ** 32;

/**
 * Writes checkpoints of a run to a file, each whole or not at all. Make it before the run: what its inputs are then is what
 * they are told to be. InputError where something else lies already.
 */
export function checkpointWriter(file: string, scenario: LoadedScenario): CheckpointOptions['write'] {
  checkOutputFile(file);
  requireReplaceable(file);
  const run = runFingerprint(scenario);
  return ({ numbers, texts }, at) => {
    const told = Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString('base64');
    const document: CheckpointDocument = {
      tesseraCheckpoint: 1,
      scenario: scenario.name,
      run,
      versions: runVersions(),
      ...at,
      numbers: told,
      texts,
      sha256: digestOf([told, texts]),
    };
    writeWhole(file, gzipSync(JSON.stringify(document), { level: 1 }));
  };
}

/** What is there already must be a checkpoint, not a folder or somebody's scenario: said before hours are spent. */
function requireReplaceable(file: string): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined || (found.isFile() && (found.size === 0 || isGzip(file)))) return;
  throw new InputError({
    file,
    message: `is there and is no checkpoint${found.isFile() ? '' : ', nor a regular file'}`,
    expected: 'a new file, or a checkpoint to replace',
  });
}

function isGzip(file: string): boolean {
  const start = Buffer.alloc(2);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, start);
  } finally {
    closeSync(descriptor);
  }
  return start[0] === 0x1f && start[1] === 0x8b;
}

/** Reads a checkpoint of the scenario. InputError for a file that is none, that is damaged, or that is another run's. */
export function readCheckpoint(file: string, scenario: LoadedScenario): Checkpoint {
  const document = parse(file);
  if (document.run !== runFingerprint(scenario)) throw new InputError({ file, ...otherRun(document, scenario) });
  const bytes = Buffer.from(document.numbers, 'base64');
  const numbers = new Float64Array(bytes.byteLength / 8);
  Buffer.from(numbers.buffer).set(bytes);
  return { state: { numbers, texts: document.texts }, cycle: document.cycle };
}

function parse(file: string): CheckpointDocument {
  const no = (why: string): InputError =>
    new InputError({ file, message: `no checkpoint of Tessera: ${why}`, expected: 'a file that `tessera run --checkpoint` has written' });
  let document: Partial<CheckpointDocument> | null;
  try {
    document = JSON.parse(gunzipSync(readFileSync(file), { maxOutputLength: MAX_BYTES }).toString('utf8')) as Partial<CheckpointDocument> | null;
  } catch (error) {
    const { code = 'no JSON' } = error as NodeJS.ErrnoException;
    throw code.startsWith('E')
      ? new InputError({ file, message: `cannot be read (${code})`, expected: 'a checkpoint of this scenario' })
      : no(`it cannot be unpacked (${code})`);
  }
  if (document?.tesseraCheckpoint !== 1 || typeof document.numbers !== 'string' || !Array.isArray(document.texts)) throw no('it has another form');
  if (document.sha256 !== digestOf([document.numbers, document.texts])) throw no('it is damaged');
  return document as CheckpointDocument;
}

function otherRun(document: CheckpointDocument, scenario: LoadedScenario): { message: string; expected: string } {
  const { tessera } = runVersions();
  if (document.versions['tessera'] !== tessera) {
    return { message: `written by version ${document.versions['tessera'] ?? 'unknown'} of Tessera`, expected: `one of version ${tessera}` };
  }
  return {
    message: `a checkpoint of another run: of '${document.scenario}', with other files or parameters`,
    expected: `one of '${scenario.name}' as it is now (only limits may differ)`,
  };
}

/** What equal futures need to have in common, the code of plugins too. Limits may change: a run goes on because one was met; so may the trace's size. */
function runFingerprint({ name, inputs, set, seed, plugins }: LoadedScenario): string {
  const code = [...filesOfPlugins(plugins)].map((plugin) => createHash('sha256').update(readFileSync(plugin)).digest('hex'));
  const parameters = Object.entries(set).filter(([path]) => !/^(limits|trace)(\.|$)/.test(path));
  return digestOf({ name, inputs, set: parameters, seed, code, version: runVersions()['tessera'] });
}

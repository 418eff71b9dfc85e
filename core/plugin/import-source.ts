import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { kindOfFile } from '../document/regular-file.js';
import { InputError } from '../errors.js';
import { NAME_EXPECTED } from '../text/names.js';
import { inheritedNameIn } from '../workload/inherited-names.js';
import type { Workload } from '../workload/layer.js';
import { IMPORT_PARTS, type ImporterPlugin, type ImportPart, type ImportResult, type ImportSource, type UnusedPart } from './importer-plugin.js';
import { readSibling, siblingFile } from './sibling-file.js';
import type { ToolContext } from './tool-context.js';

/** Protobuf's own limit for one message, and more than any description. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * A file with its siblings, for an importer. `onSibling` is told of those of which bytes are read. InputError for what cannot be read
 * or is no regular file.
 */
export function importSource(file: string, onSibling: (file: string, bytes: Uint8Array) => void = () => {}): ImportSource {
  return {
    fileName: basename(file),
    bytes: wholeFile(file),
    readSibling: (reference, range = { offset: 0 }) => {
      const sibling = siblingFile(file, reference);
      if (sibling === undefined) return undefined;
      const bytes = readSibling(file, reference, sibling, range);
      if (bytes.length > 0) onSibling(sibling.file, bytes);
      return bytes;
    },
  };
}

function wholeFile(file: string): Uint8Array {
  const refuse = (message: string, expected: string): InputError => new InputError({ file, message, expected });
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) throw refuse('no such file', 'a file that can be read');
  const kind = kindOfFile(found);
  if (kind !== undefined) throw refuse(`it is ${kind}`, 'a regular file');
  if (found.size > MOST_BYTES) throw refuse(`it holds ${found.size} bytes`, `at most ${MOST_BYTES}: large tensors in files beside it`);
  try {
    return readFileSync(file);
  } catch (error) {
    throw refuse(`cannot be read (${(error as NodeJS.ErrnoException).code})`, 'a file that can be read');
  }
}

/** Lets an importer read; its warnings of parts that were not used come through the context. InputError when the part did not come out. */
export async function importPart<P extends ImportPart>(
  importer: ImporterPlugin,
  part: P,
  sources: readonly ImportSource[],
  config: Readonly<Record<string, unknown>>,
  context: ToolContext,
): Promise<NonNullable<ImportResult[P]>> {
  const result = await importer.read(sources, config, context);
  const found = result[part];
  if (found === undefined) {
    const made = partsOf(result);
    throw new InputError({
      file: sources[0]!.fileName,
      message: `importer '${importer.name}' made no ${part} of it but ${made.length === 0 ? 'nothing' : made.join(' and ')}`,
    });
  }
  const inherited = part === 'workload' ? inheritedNameIn(found as Workload) : undefined;
  if (inherited !== undefined) {
    throw new InputError({
      file: sources[0]!.fileName,
      path: inherited.path,
      message: `'${inherited.name}' is no name for a tensor, a layer or a loop`,
      expected: NAME_EXPECTED,
    });
  }
  const unused = unusedText(result.unused ?? []);
  if (unused !== undefined) context.warn(unused);
  return found;
}

/** The parts that came out. */
export function partsOf(result: ImportResult): ImportPart[] {
  return IMPORT_PARTS.filter((part) => result[part] !== undefined);
}

const SHOWN = 3;

/** `x.yaml:3: memories.buf.latency (no counterpart)`. */
export function unusedLine({ file, line, path, reason }: UnusedPart): string {
  return `${file}${line === undefined ? '' : `:${line}`}: ${path} (${reason})`;
}

function unusedText(unused: readonly UnusedPart[]): string | undefined {
  if (unused.length === 0) return undefined;
  const more = unused.length > SHOWN ? `; ${unused.length - SHOWN} more, see \`tessera import\`` : '';
  return `not used: ${unused.slice(0, SHOWN).map(unusedLine).join('; ')}${more}`;
}

import { readFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, relative, resolve } from 'node:path';
import { InputError } from '../errors.js';
import { NAME_EXPECTED } from '../text/names.js';
import { inheritedNameIn } from '../workload/inherited-names.js';
import type { Workload } from '../workload/layer.js';
import { IMPORT_PARTS, type ImporterPlugin, type ImportPart, type ImportResult, type ImportSource, type UnusedPart } from './importer-plugin.js';
import type { ToolContext } from './tool-context.js';

/** A file with its siblings, for an importer. Siblings outside the file's folder are not read; `onSibling` is told of those that are. */
export function importSource(file: string, onSibling: (file: string) => void = () => {}): ImportSource {
  const folder = dirname(file);
  return {
    fileName: basename(file),
    bytes: readFileSync(file),
    readSibling: (relativePath) => {
      const path = resolve(folder, relativePath);
      if (isAbsolute(relative(folder, path)) || relative(folder, path).startsWith('..')) return undefined;
      try {
        const bytes = readFileSync(path);
        onSibling(path);
        return bytes;
      } catch {
        return undefined;
      }
    },
  };
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

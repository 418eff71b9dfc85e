import { InputError, type ImportSource } from 'tessera-sim';

/** A text made of several files, whose lines know where they come from. */
export interface TextLines {
  readonly text: string;
  where(line: number): { readonly file: string; readonly line: number };
}

const MOST_DEPTH = 16;
const MOST_LINES = 1_000_000;
const MOST_PLACEHOLDERS = 1000;
const LONGEST_LINE = 1000;
const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/;
const INCLUDE = /^include_text\(\s*(["'])([^"']+)\1\s*\)$/;
const ADD_PATH = /^add_to_path\(\s*(["'])([^"']+)\1\s*\)$/;

/**
 * Fills in what version 0.4 writes as templates: `{{include_text('x.yaml')}}` and `{{add_to_path('folder')}}`, from the file's folder or below.
 * Everything else in braces is an error with its line; nothing is executed.
 */
export function expandTemplates(source: ImportSource): TextLines {
  const out: { text: string; file: string; line: number }[] = [];
  const folders = [''];
  let placeholders = 0;
  const expand = (text: string, file: string, open: readonly string[]): void => {
    text.split('\n').forEach((line, index) => {
      const place = { file, line: index + 1 };
      const isLong = line.length > LONGEST_LINE;
      if (isLong && line.includes('{{'))
        throw new InputError({ ...place, message: 'the line with a template is too long', expected: `at most ${LONGEST_LINE} characters` });
      const found = isLong ? null : PLACEHOLDER.exec(line);
      const isComment = /^\s*#/.test(line);
      if (found === null || isComment) {
        if (!isComment && /\{%|%\}/.test(line))
          throw new InputError({ ...place, message: 'statements of templates are not read', expected: "include_text('FILE') and add_to_path('FOLDER')" });
        out.push({ text: line, ...place });
        if (out.length > MOST_LINES) throw new InputError({ ...place, message: 'the files together are too long', expected: `at most ${MOST_LINES} lines` });
        return;
      }
      if (++placeholders > MOST_PLACEHOLDERS)
        throw new InputError({ ...place, message: 'there are too many templates', expected: `at most ${MOST_PLACEHOLDERS}` });
      const folder = ADD_PATH.exec(found[1]!);
      const include = INCLUDE.exec(found[1]!);
      if (folder !== null) folders.push(`${folder[2]!.replace(/\/+$/, '')}/`);
      else if (include === null)
        throw new InputError({
          ...place,
          message: `the template '{{${found[1]!.slice(0, 60)}}}' is not understood`,
          expected: "include_text('FILE') or add_to_path('FOLDER')",
        });
      else expand(textOf(source, include[2]!, folders, place, open), include[2]!, [...open, include[2]!]);
    });
  };
  expand(new TextDecoder().decode(source.bytes), source.fileName, [source.fileName]);
  return { text: out.map(({ text }) => text).join('\n'), where: (line) => out[Math.min(Math.max(1, line), out.length) - 1]! };
}

function textOf(source: ImportSource, name: string, folders: readonly string[], place: { file: string; line: number }, open: readonly string[]): string {
  if (open.includes(name))
    throw new InputError({ ...place, message: `'${name}' includes itself: ${[...open, name].join(' > ')}`, expected: 'files that do not include one another' });
  if (open.length >= MOST_DEPTH) throw new InputError({ ...place, message: 'files include one another too deeply', expected: `at most ${MOST_DEPTH} levels` });
  for (const folder of folders) {
    const bytes = siblingOf(source, `${folder}${name}`, place);
    if (bytes !== undefined) return new TextDecoder().decode(bytes);
  }
  throw new InputError({ ...place, message: `there is no file '${name}'`, expected: 'a file in the folder of the first one, or below' });
}

function siblingOf(source: ImportSource, name: string, place: { file: string; line: number }): Uint8Array | undefined {
  try {
    return source.readSibling(name);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError({
      ...place,
      message: error.problems[0]?.message ?? `'${name}' cannot be read`,
      expected: error.problems[0]?.expected ?? 'a file in the folder of the first one, or below',
    });
  }
}

import { statSync } from 'node:fs';
import path from 'node:path';

/** A text that begins with `./` or `../`: an import, or a file that is read beside the module. */
const RELATIVE_TEXT = /["'`](\.{1,2}\/[^"'`\n$]+)["'`]/g;
/** `from 'x'`, `import 'x'`, `import('x')`, `require('x')`; also where it stands in a comment or a text, which does no harm. */
const IMPORTED_TEXT = /\b(?:from|import|require)\s*(?:\(\s*)?["'`]([^"'`\n$]+)["'`]/g;

/** All relative paths that a script names, whatever for. */
export function relativeTexts(script: string): string[] {
  return [...script.matchAll(RELATIVE_TEXT)].map((match) => match[1] as string);
}

/** What a script imports or requires by a literal text: relative paths, packages, parts of Node. */
export function importedTexts(script: string): string[] {
  return [...script.matchAll(IMPORTED_TEXT)].map((match) => match[1] as string);
}

const TRIED_ENDINGS = ['', '.js', '.cjs', '.mjs', '.json', '/index.js', '/index.cjs'];

/** The file that a relative import means, by the rules of `import` and those of `require`; undefined when there is none. */
export function relativeModule(text: string, fromFile: string): string | undefined {
  const named = path.resolve(path.dirname(fromFile), text.replace(/[?#].*$/, ''));
  return TRIED_ENDINGS.map((ending) => named + ending).find(isFile);
}

/** `statSync` throws below a file in spite of `throwIfNoEntry`. */
function isFile(file: string): boolean {
  try {
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The package of `@scope/name/part` is `@scope/name`; undefined for what is no name of a package. */
export function packageName(specifier: string): string | undefined {
  return /^(?:@[\w~-][\w.~-]*\/)?[\w~-][\w.~-]*(?=\/|$)/.exec(specifier)?.[0];
}

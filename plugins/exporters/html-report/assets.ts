import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Each of these packages ships, beside its main file, a minified bundle for a page without a module loader. */
const LIBRARIES = ['vega', 'vega-lite', 'vega-embed'] as const;

/** Reads a file that lies beside this one, in the sources as in the build. */
function besideThis(name: string): string {
  return readFileSync(new URL(`./client/${name}`, import.meta.url), 'utf8');
}

/** The page's own script: client/ as the build bundles it. */
export function clientScript(): string {
  return besideThis('page.min.js');
}

export function styleSheet(): string {
  return besideThis('style.css');
}

/** Plot libraries from the installed packages, so that the report needs no network. */
export function plotLibraries(): string[] {
  const require = createRequire(import.meta.url);
  return LIBRARIES.map((name) => readFileSync(join(dirname(require.resolve(name)), `${name}.min.js`), 'utf8').replace(/\/\/# sourceMappingURL=\S+\s*$/, ''));
}

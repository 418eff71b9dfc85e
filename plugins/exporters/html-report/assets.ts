import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Parts of the page's script, in the order in which they need each other. */
const CLIENT_PARTS = ['text.js', 'gantt-model.js', 'gantt-paint.js', 'gantt-view.js', 'charts.js', 'page.js'] as const;

/** Each of these packages ships, beside its main file, a minified bundle for a page without a module loader. */
const LIBRARIES = ['vega', 'vega-lite', 'vega-embed'] as const;

/** Reads a file that lies beside this one, in the sources as in the build. */
function besideThis(name: string): string {
  return readFileSync(new URL(`./client/${name}`, import.meta.url), 'utf8');
}

/**
 * The page's own script. Modules inside one HTML file cannot import each other, so the parts are joined in one function
 * scope, without the `import` lines and the word `export` that they have for type checker, linter and tests.
 */
export function clientScript(): string {
  const parts = CLIENT_PARTS.map((name) => besideThis(name).replace(/^import .*;$\n/gm, '').replace(/^export /gm, ''));
  return `(() => {\n'use strict';\n${parts.join('\n')}\n})();`;
}

export function styleSheet(): string {
  return besideThis('style.css');
}

/** Plot libraries from the installed packages, so that the report needs no network. */
export function plotLibraries(): string[] {
  const require = createRequire(import.meta.url);
  return LIBRARIES.map((name) => readFileSync(join(dirname(require.resolve(name)), `${name}.min.js`), 'utf8').replace(/\/\/# sourceMappingURL=\S+\s*$/, ''));
}

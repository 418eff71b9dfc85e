import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * What only an ES module of its own has. `import.meta.url` stays what it is without the bundle, so that files beside a module
 * are found where the build left them; what is imported by a computed URL is imported by `bin/load-bundle.js`.
 */
export function moduleSyntax(root: string): Plugin {
  const dist = path.join(root, 'dist') + path.sep;
  return {
    name: 'module-syntax',
    setup({ onLoad }) {
      onLoad({ filter: /\.js$/ }, ({ path: file }) => {
        if (!file.startsWith(dist) && !file.endsWith(path.join('@oclif', 'core', 'lib', 'module-loader.js'))) return undefined;
        const name = path.relative(root, file).split(path.sep).join('/');
        const text = readFileSync(file, 'utf8').replaceAll('import.meta.url', `__fileUrl(${JSON.stringify(name)})`);
        return { contents: text.replaceAll(COMPUTED_IMPORT, '__import('), loader: 'js' };
      });
    },
  };
}

/** `import(url)`, not `import('./file.js')`; a comment may stand before the URL. */
const COMPUTED_IMPORT = /\bimport\((?=(?:\/\*.*?\*\/|\s)*(?:\(0, )?[A-Za-z_])/g;

export interface LazyModule {
  /** The file of the package, or the name of a part of Node. */
  readonly file: string;
  /** The expression that gives the module. */
  readonly source: string;
}

/** Replaces modules by objects that fetch each export at its first use: for what many modules import and few runs need. */
export function lazyModules(modules: ReadonlyMap<string, LazyModule>): Plugin {
  const require = createRequire(import.meta.url);
  return {
    name: 'lazy-modules',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /.*/ }, ({ path: name, namespace }) => (namespace === 'file' && modules.has(name) ? { path: name, namespace: 'lazy' } : undefined));
      onLoad({ filter: /.*/, namespace: 'lazy' }, ({ path: name }) => {
        const { file, source } = modules.get(name) as LazyModule;
        const getters = Object.keys(require(file) as object).map((key) => `get ${JSON.stringify(key)}() { return ${source}[${JSON.stringify(key)}]; }`);
        return { contents: `module.exports = { ${getters.join(', ')} };`, loader: 'js' };
      });
    },
  };
}

/** Only these parts of oclif, each evaluated when used; its index evaluates all of it. */
const OCLIF_PARTS = {
  Args: "require('@oclif/core/args')",
  Command: "require('@oclif/core/command').Command",
  Config: "require('@oclif/core/config').Config",
  Flags: "require('@oclif/core/flags')",
  Plugin: "require('@oclif/core/config').Plugin",
  execute: "require('@oclif/core/execute').execute",
};

export function oclifInParts(root: string): Plugin {
  return {
    name: 'oclif-in-parts',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^@oclif\/core$/ }, () => ({ path: 'oclif', namespace: 'parts' }));
      onLoad({ filter: /.*/, namespace: 'parts' }, () => {
        const getters = Object.entries(OCLIF_PARTS).map(([name, value]) => `get ${name}() { return ${value}; }`);
        return { contents: `module.exports = { ${getters.join(', ')} };`, resolveDir: root, loader: 'js' };
      });
    },
  };
}

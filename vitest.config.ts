import { readFileSync } from 'node:fs';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

/** The public specifiers (`tessera-sim`, `tessera-sim/dram`, ...) mean the sources in tests, as tsconfig.json has them. */
const { compilerOptions } = JSON.parse(readFileSync(new URL('./tsconfig.json', import.meta.url), 'utf8')) as { compilerOptions: { paths: Record<string, [string]> } };
const alias = Object.entries(compilerOptions.paths).map(([name, [file]]) => ({ find: new RegExp(`^${name}$`), replacement: path.resolve(import.meta.dirname, file) }));

/** `vitest run` takes the fast tests; `vitest run --mode long` every test with all its cases, see tests/many.ts. */
export default defineConfig(({ mode }) => {
  const isLong = mode === 'long';
  return {
    resolve: { alias },
    test: {
      include: ['tests/**/*.test.ts'],
      exclude: isLong ? [] : ['tests/**/*.long.test.ts'],
      // No test takes the answers of the person who runs it: this folder is never made.
      env: { TESSERA_TESTS: isLong ? 'long' : 'fast', TESSERA_CONFIG: path.join(import.meta.dirname, 'node_modules/.cache/tessera/no-config') },
      setupFiles: ['tests/setup.ts'],
      testTimeout: isLong ? 300_000 : 60_000,
      pool: 'forks',
      maxWorkers: 2,
      // A worker keeps the modules that it has imported: most of the time would be spent on importing the same ones for every file.
      isolate: false,
      // Transformed modules are kept between runs, by their content.
      experimental: { fsModuleCache: true },
    },
  };
});

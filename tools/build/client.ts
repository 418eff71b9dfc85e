import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';

/** The script of the HTML report, beside its sources: `assets.ts` inlines it, and the build copies it with the other assets. */
const FOLDER = 'plugins/exporters/html-report/client';

/**
 * Bundles the report's client into one minified script. It is put in place whole, so that several test processes may do it at once.
 * @param root folder of the project
 * @returns bytes of the script
 */
export function bundleClient(root: string): number {
  const [entry, target] = ['page.ts', 'page.min.js'].map((name) => path.join(root, FOLDER, name)) as [string, string];
  const { outputFiles } = buildSync({
    entryPoints: [entry],
    tsconfig: path.join(root, 'tsconfig.client.json'),
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  const script = outputFiles[0]!.contents;
  const draft = `${target}.${process.pid}`;
  writeFileSync(draft, script);
  renameSync(draft, target);
  return script.length;
}

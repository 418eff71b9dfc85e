import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { PluginRegistry } from '../../core/plugin/registry.js';
import { crosscheckFile, type CrosscheckFile } from '../../core/scenario/crosscheck.js';
import { builtinPlugins } from '../../plugins/index.js';
import { accuracyPage } from './page.js';

const GOLDEN = 'tests/golden';
/** Sets that take minutes: run by `npm run accuracy` only. */
const LONG = 'tests/golden/long';

/** All reference files; where the long set of a file is there, that one and not the part that the tests run. */
function goldenFiles(): string[] {
  const namesIn = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.json'));
  const long = namesIn(LONG);
  return [...namesIn(GOLDEN).filter((name) => !long.includes(name)).map((name) => join(GOLDEN, name)), ...long.map((name) => join(LONG, name))].sort();
}

/** The record kind of a reference file; undefined for other data that tests keep beside them. */
function kindOf(file: string): string | undefined {
  const document = JSON.parse(readFileSync(file, 'utf8')) as { tesseraReference?: unknown; kind?: unknown };
  return document.tesseraReference === 1 ? String(document.kind) : undefined;
}

/**
 * `npm run accuracy [FILE...]`: runs every reference file (default: all of tests/golden) through its plugin and writes
 * docs/accuracy.md. Misses are listed, not left out.
 */
async function main(given: readonly string[]): Promise<void> {
  const files = given.length > 0 ? given : goldenFiles();
  const registry = new PluginRegistry(builtinPlugins);
  const kinds = new Set(registry.plugins('crosscheck').map((plugin) => plugin.recordKind));
  const results: CrosscheckFile[] = [];
  const unchecked: string[] = [];
  for (const file of files) {
    process.stderr.write(`${file}\n`);
    const kind = kindOf(file);
    if (kind === undefined) continue;
    if (kinds.has(kind)) results.push(await crosscheckFile(file, registry));
    else unchecked.push(`${basename(file)} (kind ${kind})`);
  }
  writeFileSync('docs/accuracy.md', accuracyPage(results, unchecked));
}

await main(process.argv.slice(2));

import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PluginRegistry } from '../../core/plugin/registry.js';
import { crosscheckFile, type CrosscheckFile } from '../../core/scenario/crosscheck.js';
import { builtinPlugins } from '../../plugins/index.js';
import { accuracyPage } from './page.js';

/**
 * `npm run accuracy [FILE...]`: runs every reference file (default: all of tests/golden) through its plugin and writes
 * docs/accuracy.md. Misses are listed, not left out.
 */
async function main(given: readonly string[]): Promise<void> {
  const golden = 'tests/golden';
  const files = given.length > 0 ? given : readdirSync(golden).filter((name) => name.endsWith('.json')).sort().map((name) => join(golden, name));
  const results: CrosscheckFile[] = [];
  for (const file of files) {
    process.stderr.write(`${file}\n`);
    results.push(await crosscheckFile(file, new PluginRegistry(builtinPlugins)));
  }
  writeFileSync('docs/accuracy.md', accuracyPage(results));
}

await main(process.argv.slice(2));

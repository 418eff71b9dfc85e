import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { PluginRegistry } from '../../core/plugin/registry.js';
import { crosscheckFile, type CrosscheckFile } from '../../core/reference/crosscheck.js';
import { builtinPlugins } from '../../plugins/index.js';
import { goldenFiles, kindOf } from './golden-files.js';
import { accuracyPage } from './page.js';
import { saturationsOf } from './saturation.js';
import { SATURATION_TITLE, saturationSection } from './saturation-section.js';
import { sectionOf, withSection } from './sections.js';

const PAGE = 'docs/accuracy.md';

/**
 * `npm run accuracy [FILE...]`: runs every reference file (default: all of tests/golden) through its plugin and writes
 * docs/accuracy.md. Misses are listed, not left out. `--saturation` makes the section on saturation loads only, which the other
 * runs leave as it is: it takes minutes.
 */
async function main(args: readonly string[]): Promise<void> {
  const given = args.filter((arg) => arg !== '--saturation');
  const files = given.length > 0 ? given : goldenFiles();
  const page = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '';
  if (args.includes('--saturation')) writeFileSync(PAGE, withSection(page, SATURATION_TITLE, saturationOfFiles(files)));
  else {
    const kept = sectionOf(page, SATURATION_TITLE);
    const made = await errorsPage(files);
    writeFileSync(PAGE, kept === undefined ? made : withSection(made, SATURATION_TITLE, kept));
  }
}

function saturationOfFiles(files: readonly string[]): string {
  const loads = files.filter((file) => kindOf(file) === 'noc-traffic');
  return saturationSection(loads.flatMap((file) => saturationsOf(file, (text) => process.stderr.write(`${text}\n`))));
}

async function errorsPage(files: readonly string[]): Promise<string> {
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
  return accuracyPage(results, unchecked);
}

await main(process.argv.slice(2));

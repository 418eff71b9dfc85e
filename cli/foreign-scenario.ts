import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { kindOfNamedFile } from '../core/document/file-kind.js';
import { InputError } from '../core/errors.js';
import { importSource } from '../core/plugin/import-source.js';
import type { PluginRegistry } from '../core/plugin/registry.js';
import { showWarning } from './base-command.js';

/**
 * The scenario that a command was given: the file itself, or what an importer makes of another tool's files, in a folder that is gone when
 * the process ends. Files that nobody recognises are read as scenarios, so that what is wrong with them is said.
 */
export async function scenarioFile(files: readonly string[], plugins: readonly string[] = []): Promise<string> {
  const [file, ...more] = files;
  if (file === undefined || (more.length === 0 && kindOfNamedFile(file) === 'scenario')) return file ?? '';
  const scenario = files.find((one) => kindOfNamedFile(one) === 'scenario');
  if (scenario !== undefined)
    throw new InputError({ file: more[0] ?? file, message: `one scenario is run at a time, and ${scenario} is one`, expected: 'tessera suite for several' });
  const [{ importFiles }, { importedScenario }, { registryWith }, { writeExported }] = await Promise.all([
    import('../core/run/import-file.js'),
    import('../core/run/import-folder.js'),
    import('./engine.js'),
    import('../core/document/output-files.js'),
  ]);
  const registry = await registryWith([...plugins]);
  if (more.length === 0 && !isRecognised(file, registry)) return file;
  const imported = await importFiles(files, registry, { onWarning: showWarning });
  const made = importedScenario(imported);
  if (made.missing.length > 0) {
    throw new InputError({
      file,
      message: `read by importer '${imported.importer}', it holds ${imported.produces.join(', ') || 'nothing that runs'}; to run there has to be ${made.missing.join(' and ')} too`,
      expected: 'a scenario, or the files that hold the rest, named too',
    });
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'tessera-import-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const one of made.files) writeExported(one, folder);
  if (imported.unused.length > 0)
    process.stderr.write(`imported by ${imported.importer}; ${imported.unused.length} parts were not used: tessera import lists them\n`);
  return path.join(folder, 'scenario.yaml');
}

/** Importers of layers take any YAML, so that its mistakes are named: here such a file is a scenario with a mistake. */
function isRecognised(file: string, registry: PluginRegistry): boolean {
  const source = importSource(file);
  const found = registry.importerFor(file, undefined, () => source);
  return found !== undefined && (!/\.(ya?ml|md|txt)$/i.test(file) || found.recognise(source) >= SURE_ENOUGH);
}

const SURE_ENOUGH = 0.6;

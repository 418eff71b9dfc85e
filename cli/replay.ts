import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InputError } from '../core/errors.js';
import { writeExported } from '../core/document/output-files.js';
import type { PluginRegistry } from '../core/plugin/registry.js';
import { importFiles, type ImportedFiles, type ImportOptions } from '../core/run/import-file.js';
import { importedScenario } from '../core/run/import-folder.js';
import { replay, type Replay } from '../core/run/replay.js';
import { formatCount, formatSignedCount, formatSignedPercent, rightColumn, flexibleColumn, textTable } from '../core/text/index.js';
import { ExitCode } from './exit-codes.js';
import { exitCodeOfResult } from './run-scenario.js';

export interface ReplayRequest {
  readonly files: readonly string[];
  readonly registry: PluginRegistry;
  readonly options: ImportOptions;
  /** Where the scenario is kept; undefined: nowhere. */
  readonly folder: string | undefined;
  readonly line: (message: string) => void;
}

/** Imports and runs at once. */
export async function replayed(request: ReplayRequest): Promise<{ text: string; document: unknown; code: ExitCode }> {
  const { files, registry, options, folder } = request;
  const kept = folder ?? mkdtempSync(path.join(tmpdir(), 'tessera-import-'));
  try {
    const imported = await importFiles(files, registry, options);
    const hardware = written(imported, kept);
    const tool = knowsViews(registry, imported.importer) ? written(await importFiles(files, registry, asTool(options)), path.join(kept, 'as-tool')) : undefined;
    const { replay: found, hardware: result } = await replay({ hardware, ...(tool === undefined ? {} : { tool }) }, registry, {
      onRun: (what) => request.line(`replay: ${what}`),
    });
    const { importer, unused, warnings } = imported;
    return { text: replayText(importer, found), document: { importer, unused, warnings, ...found }, code: await exitCodeOfResult(result) };
  } finally {
    if (folder === undefined) rmSync(kept, { recursive: true, force: true });
  }
}

function written(imported: ImportedFiles, folder: string): string {
  const { files, missing } = importedScenario(imported);
  if (missing.length > 0) {
    throw new InputError({
      file: Object.keys(imported.sources)[0] ?? 'command line',
      message: `there is no ${missing.join(' and no ')} in it`,
      expected: 'the files that hold the rest, named too',
    });
  }
  for (const file of files) writeExported(file, folder);
  return path.join(folder, 'scenario.yaml');
}

/** Whether the importer makes a machine as its tool sees it, too: its setting `fidelity`. */
function knowsViews(registry: PluginRegistry, importer: string): boolean {
  return Object.hasOwn(registry.get('importer', importer).configSchema.properties ?? {}, 'fidelity');
}

function asTool(options: ImportOptions): ImportOptions {
  return { ...options, config: { ...options.config, fidelity: 'tool' } };
}

function replayText(importer: string, { estimate, asTool: tool, asHardware, steps }: Replay): string {
  const base = estimate?.cycles;
  const against = (cycles: number): string => (base === undefined || base === 0 ? '-' : formatSignedPercent(cycles / base - 1));
  const rows = [
    ...(estimate === undefined ? [] : [[`estimate of ${estimate.estimator}`, formatCount(estimate.cycles), '', '']]),
    ...(tool === undefined ? [] : [['as the tool sees it', formatCount(tool.cycles), against(tool.cycles), outcome(tool)]]),
    ['as hardware', formatCount(asHardware.cycles), against(asHardware.cycles), outcome(asHardware)],
  ];
  const views = textTable([flexibleColumn('view', 1, 12), rightColumn('cycles'), rightColumn('against the estimate'), flexibleColumn('outcome', 1, 12)], rows);
  const parts = textTable(
    [flexibleColumn('switched on', 1, 12), rightColumn('cycles'), rightColumn('added')],
    steps.map(({ switchedOn, cycles, addedCycles }) => [switchedOn, formatCount(cycles), formatSignedCount(addedCycles)]),
  );
  return [`read by importer ${importer}`, '', ...views, '', 'From ideal hardware to hardware', ...parts].join('\n');
}

function outcome({ outcome: ended, violations }: { readonly outcome: string; readonly violations: number }): string {
  return violations === 0 ? ended : `${ended}, ${violations} violations`;
}

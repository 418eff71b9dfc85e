import { ExitCode, worstExitCode } from './exit-codes.js';
import type { StopCause } from '../core/plugin/stop-watch.js';
import type { PluginRegistry } from '../core/plugin/registry.js';
import type { ExportUse } from '../core/run/export-results.js';
import type { RunResult } from '../core/result/run-result.js';
import { thrownText } from '../core/text/thrown.js';

/**
 * What a command writes besides its standard output. Each file is tried, whatever became of the others: one that cannot be written is told
 * at once, on standard error, and in the exit code; nothing that has been computed is lost for it.
 */
export class Outputs {
  /** Paths in the order of writing. */
  readonly written: string[] = [];
  private readonly codes = new Map<string, ExitCode>();

  /** @param tell shows an error and says which exit code is its own */
  constructor(
    private readonly tell: (error: Error) => ExitCode,
    private readonly warn: (message: string) => void,
  ) {}

  /** Notes that an output failed; a second time it is noted in silence. */
  failed(output: string, error: Error): void {
    const isNew = !this.codes.has(output);
    if (isNew) this.codes.set(output, this.tell(error));
  }

  /** A later try went well. */
  succeeded(output: string): void {
    this.codes.delete(output);
  }

  /** Does something that may fail without ending the command. */
  async attempt(output: string, write: () => void | Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      this.failed(output, error instanceof Error ? error : new Error(thrownText(error)));
    }
  }

  /**
   * The files of some exporters, exporter by exporter and file by file. Returns a line for each that was written.
   *
   * @param halted see `RunOptions`: no file is made afterwards
   */
  async export(
    uses: readonly ExportUse[],
    results: readonly RunResult[],
    registry: PluginRegistry,
    folder: string,
    halted?: Promise<StopCause>,
  ): Promise<string[]> {
    const [{ exportOne }, { breakable }, { writeExported }] = await Promise.all([
      import('../core/run/export-results.js'),
      import('../core/run/breakable.js'),
      import('../core/document/output-files.js'),
    ]);
    const lines: string[] = [];
    const write = (file: Parameters<typeof writeExported>[0]): void => {
      const written = writeExported(file, folder);
      this.written.push(written);
      lines.push(file.note === undefined ? written : `${written} (${file.note})`);
    };
    for (const use of uses) {
      await this.attempt(`exporter ${use.plugin.name}`, async () => {
        const files = await breakable(() => exportOne(use, results, registry, { onWarning: this.warn }), halted);
        for (const file of files) await this.attempt(`${folder}/${file.name}`, () => write(file));
      });
    }
    return lines;
  }

  /** The exit code of a command whose results alone would give `code`. */
  codeWith(code: ExitCode): ExitCode {
    return worstExitCode([code, ...this.codes.values()]);
  }
}

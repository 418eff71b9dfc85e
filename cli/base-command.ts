import { sep } from 'node:path';
import { Command, Flags } from '@oclif/core';
import { encodeNonFinite } from '../core/document/non-finite.js';
import type { InputProblem } from '../core/errors.js';
import { ExitCode } from './exit-codes.js';
import { guardOutput } from './output-guard.js';
import { Outputs } from './outputs.js';
import { thrownText } from '../core/text/thrown.js';

/** Flags that several commands share. */
export const sharedFlags = {
  allow: Flags.string({
    description: 'Let scenarios name files of this folder too, plugins among them (repeatable)',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'FOLDER',
  }),
  'allow-plugins': Flags.string({
    description: 'Agree to plugins that a scenario names: all, a file or package, or the SHA-256 of its code (repeatable); on a terminal it is asked',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'WHAT',
  }),
  set: Flags.string({
    description: 'Change a parameter, e.g. machine.noc.with.linkWidthBits=128 (repeatable)',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'PATH=VALUE',
  }),
  progress: Flags.boolean({ description: 'Show how far the run is on standard error (only on a terminal)', allowNo: true, default: true }),
};

/** Of commands that run one scenario, or the quick start. */
export const planCacheFlag = {
  'plan-cache': Flags.boolean({
    description: 'Take schedules that a mapper has made before from the cache, and keep new ones there (TESSERA_PLAN_CACHE: its folder, or off)',
    allowNo: true,
    default: true,
  }),
};

/** A command of tessera: `--json` everywhere, errors as text with their place, exit codes of the design. */
export abstract class TesseraCommand extends Command {
  static override enableJsonFlag = true;

  /** Help, which has no text from files, keeps its bold letters: oclif prints it without a command. */
  protected override async init(): Promise<void> {
    guardOutput();
    await super.init();
  }

  /** Infinity and NaN survive. */
  protected override toSuccessJson(result: unknown): unknown {
    return encodeNonFinite(result);
  }

  /** Ends the command with a code, after everything has been printed. */
  protected endWith(code: ExitCode): void {
    process.exitCode = code;
  }

  /** Bad input is shown problem by problem, a failed model by its block; anything else is a bug of ours and keeps its stack. */
  protected override async catch(thrown: Error & { exitCode?: number; oclif?: { exit?: number } }): Promise<void> {
    // A plugin may throw anything.
    const found =
      thrown instanceof Error || typeof (thrown as Partial<Error> | undefined)?.message === 'string'
        ? thrown
        : new Error(`a plugin threw ${thrownText(thrown)}`);
    const code = exitCodeOf(found);
    if (code === 'help') throw found;
    this.endWith(code);
    const error = code === ExitCode.badInput ? (await import('../core/document/problem-places.js')).placedError(found) : found;
    if (this.jsonEnabled()) this.logJson({ error: { message: error.message, exitCode: code, problems: problemsOf(error) } });
    else this.show(error, code);
  }

  /** What the command writes; whatever fails is shown on standard error and does not end the command. */
  protected outputs(): Outputs {
    return new Outputs((error) => {
      const code = exitCodeOf(error);
      const known = code === 'help' ? ExitCode.internalError : code;
      this.show(error, known);
      return known;
    }, showWarning);
  }

  private show(error: Error, code: ExitCode): void {
    process.stderr.write(`${this.errorPrefix(code)}${fromHere(code === ExitCode.internalError ? (error.stack ?? error.message) : error.message)}\n`);
  }

  private errorPrefix(code: ExitCode): string {
    if (code === ExitCode.internalError) return 'internal error, please report it: ';
    return code === ExitCode.badInput ? '' : 'error: ';
  }
}

/** A tool's warning, on standard error. */
export function showWarning(message: string): void {
  process.stderr.write(`warning: ${fromHere(message)}\n`);
}

/** Files below the working folder by their short names: what an editor's terminal can open. */
export function fromHere(text: string): string {
  return text.replaceAll(`${process.cwd()}${sep}`, '');
}

/** Names instead of instanceof: the classes live in modules that a light command does not load. */
function exitCodeOf(error: Error & { exitCode?: number; oclif?: { exit?: number } }): ExitCode | 'help' {
  if (error.name === 'InputError') return ExitCode.badInput;
  if (error.name === 'RunStopped') return (error as { stopCause?: string }).stopCause === 'interrupted' ? ExitCode.interrupted : ExitCode.machineFailed;
  if (error.name === 'SimulationError' || error.name === 'ModelError') return ExitCode.machineFailed;
  if (error.oclif?.exit === undefined) return ExitCode.internalError;
  return error.oclif.exit === 0 ? 'help' : ExitCode.badInput;
}

function problemsOf(error: Error): readonly InputProblem[] {
  return (error as { problems?: readonly InputProblem[] }).problems ?? [];
}

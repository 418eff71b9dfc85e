import { visibleLine } from './text/visible.js';

/** Where in a file an error lies; lines and columns count from 1. */
export interface SourcePlace {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** Path inside the document, e.g. `machine.blocks.noc.with.linkWidthBits`. */
  readonly path?: string;
}

export interface InputProblem extends Partial<SourcePlace> {
  /** What is wrong, in one sentence without a full stop. */
  readonly message: string;
  /** What would have been accepted. */
  readonly expected?: string;
  /** The nearest valid name, when the problem is a misspelt one. */
  readonly nearest?: string;
}

/** Formats one problem as `file:line:column: path: message; expected ...; did you mean ...?`, on one line whatever names it has. */
export function formatProblem(problem: InputProblem): string {
  let where = problem.file ?? '';
  if (where !== '' && problem.line !== undefined) where += `:${problem.line}:${problem.column ?? 1}`;
  const head = [where, problem.path ?? ''].filter((part) => part !== '');
  let text = [...head, problem.message].join(': ');
  if (problem.expected !== undefined) text += `; expected ${problem.expected}`;
  if (problem.nearest !== undefined) text += `; did you mean '${problem.nearest}'?`;
  return visibleLine(text);
}

/** Bad input of the user: one or several problems, each with its place. Exit code 2. */
export class InputError extends Error {
  declare readonly problems: readonly InputProblem[];

  constructor(problems: InputProblem | readonly InputProblem[]) {
    const list: readonly InputProblem[] = Array.isArray(problems) ? problems : [problems as InputProblem];
    super(list.map(formatProblem).join('\n'));
    this.name = 'InputError';
    // Plugins make and change errors too: whoever tells the problems relies on there being a list.
    Object.defineProperty(this, 'problems', { value: Object.freeze([...list]), enumerable: true });
  }
}

/** A hardware model threw, or broke a rule of the kernel or of a port: a bug of a plugin, never of the user's input. Exit code 3. */
export class ModelError extends Error {
  constructor(
    message: string,
    readonly blockPath?: string,
  ) {
    super(blockPath === undefined ? message : `${blockPath}: ${message}`);
    this.name = 'ModelError';
  }
}

/** The simulated machine failed: illegal schedule, deadlock. Exit code 3. */
export class SimulationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SimulationError';
  }
}

/** A plugin of our own failed by mistake: a bug of Tessera, told with the plugin's name. Exit code 70. */
export class PluginError extends Error {
  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'PluginError';
    // Where it happened, not where it was caught.
    if (cause instanceof Error && cause.stack !== undefined) this.stack = `${message}\n${cause.stack}`;
  }
}

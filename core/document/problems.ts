import { InputError, type InputProblem, type SourcePlace } from '../errors.js';
import { listNames, nearestName } from './nearest.js';

/** Collects problems, so that a user sees all of a file's errors at once, not one per attempt. */
export class Problems {
  private readonly list: InputProblem[] = [];

  add(place: Partial<SourcePlace> | undefined, path: string, message: string, expected?: string, nearest?: string): void {
    const extra = { ...(expected === undefined ? {} : { expected }), ...(nearest === undefined ? {} : { nearest }) };
    this.list.push({ ...place, path, message, ...extra });
  }

  addAll(problems: readonly InputProblem[]): void {
    // Not spread: a large file may have more than a call takes arguments.
    for (const problem of problems) this.list.push(problem);
  }

  /** A name that is not among the valid ones, with the nearest of them. */
  unknown(place: Partial<SourcePlace> | undefined, path: string, what: string, name: string, names: readonly string[]): void {
    this.add(place, path, `unknown ${what} '${name}'`, listNames(names), nearestName(name, names));
  }

  /** Runs a step and keeps its InputError instead of throwing it. */
  attempt<T>(step: () => T): T | undefined {
    try {
      return step();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.addAll(error.problems);
      return undefined;
    }
  }

  get isEmpty(): boolean {
    return this.list.length === 0;
  }

  throwIfAny(): void {
    if (this.list.length > 0) throw new InputError(this.list.slice(0, 100));
  }
}

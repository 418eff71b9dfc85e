import type { RandomStream } from '../kernel/random.js';
import type { ExtensionAccess } from '../model/extension-point.js';

/** What every call of a tool gets: randomness that repeats, a way to be stopped, to say how far it is, and to warn. */
export interface ToolContext extends ExtensionAccess {
  /** The scenario's. */
  readonly seed: number;
  /** A random stream seeded from (seed, kind and name of the tool, name). */
  random(name: string): RandomStream;
  /** Ask now and then; true once the user or a limit wants an end. What is returned then is not simulated. */
  shouldStop(): boolean;
  /** Steps done, and how many there are where that is known. */
  progress(done: number, total?: number): void;
  /** What the user should know without it being an error; shown, and kept in the result. */
  warn(message: string): void;
}

import type { ConstraintForm, LevelName } from './form.js';

/** A row of a timing table, written short. */
export function wait(level: LevelName, preceding: string, following: string, latency: string, window = 1): ConstraintForm {
  return { level, preceding, following, latency, window };
}

/** At most `window` of the preceding commands, counted together, in any stretch of `latency`. */
export function waitTogether(level: LevelName, preceding: string, following: string, latency: string, window: number): ConstraintForm {
  return { level, preceding, following, latency, window, together: true };
}

/** The same for the other nodes under the same parent (rank switches). */
export function waitSiblings(level: LevelName, preceding: string, following: string, latency: string): ConstraintForm {
  return { level, preceding, following, latency, window: 1, sibling: true };
}

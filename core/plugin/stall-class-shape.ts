import { STALL_ROLES, WAITS_ON } from '../model/stall-class.js';
import { isPlainObject } from '../document/places.js';
import { listNames } from '../document/nearest.js';

export const STALL_CLASSES_EXPECTED = "an object by class, the resting class first, e.g. { idle: { role: 'rest', description: '...' } }";

/** What is wrong with the stall classes that a plugin declares; undefined when they are well formed, or absent. */
export function stallClassProblem(classes: unknown): string | undefined {
  if (classes === undefined) return undefined;
  if (!isPlainObject(classes)) return `'stallClasses' is ${Array.isArray(classes) ? 'a list of names, without roles' : `of type ${typeof classes}`}`;
  const entries = Object.entries(classes);
  for (const [name, entry] of entries) {
    const problem = isPlainObject(entry) ? roleProblem(entry) : 'is no object';
    if (problem !== undefined) return `stall class '${name}' ${problem}`;
  }
  const [first] = entries;
  if (first === undefined) return "'stallClasses' is empty";
  return (first[1] as { role: string }).role === 'rest' ? undefined : `the first stall class, '${first[0]}', in which the block starts, is not one of rest`;
}

function roleProblem({ role, on }: Readonly<Record<string, unknown>>): string | undefined {
  if (!STALL_ROLES.some((known) => known === role)) return `has the role ${JSON.stringify(role)}: it is one of ${listNames(STALL_ROLES, 3)}`;
  if (on === undefined) return undefined;
  if (role !== 'wait') return `waits on ${JSON.stringify(on)}, but its role is ${JSON.stringify(role)}`;
  return WAITS_ON.some((known) => known === on) ? undefined : `waits on ${JSON.stringify(on)}: it is one of ${listNames(WAITS_ON, 5)}`;
}

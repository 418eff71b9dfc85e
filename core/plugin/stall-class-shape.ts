import { STALL_ROLES, WAITS_ON, type StallClasses } from '../model/stall-class.js';
import { isPlainObject } from '../document/places.js';
import { listNames } from '../document/nearest.js';

export const STALL_CLASSES_EXPECTED = "an object by class, the resting class first, e.g. { idle: { role: 'rest', description: '...' } }";

const withRoles = new WeakMap<object, object>();
const oldForms = new WeakSet<object>();

/**
 * Plugins written before classes had roles declare a list of their names. It means what it meant: the first is the resting one, and in all others
 * the block counted as busy. The same plugin always gives the same object. A list that is none of names is left for `stallClassProblem` to refuse.
 */
export function withStallRoles<T extends object>(plugin: T): T {
  const { stallClasses: names } = plugin as { stallClasses?: unknown };
  if (!Array.isArray(names) || names.length === 0 || !names.every((name) => typeof name === 'string' && name !== '')) return plugin;
  let known = withRoles.get(plugin) as T | undefined;
  if (known === undefined) {
    const stallClasses: StallClasses = Object.fromEntries(
      (names as string[]).map((name, index) => [name, { role: index === 0 ? 'rest' : 'work', description: `'${name}', declared without a role` }] as const),
    );
    // The plugin itself stays as its author made it.
    known = Object.assign(Object.create(Object.getPrototypeOf(plugin) as object | null) as T, plugin, { stallClasses });
    withRoles.set(plugin, known);
    oldForms.add(known);
  }
  return known;
}

/** What to tell of a plugin that declares its stall classes in the old form. */
export function oldStallForm(plugin: { readonly name: string; readonly kind: string }): string | undefined {
  if (!oldForms.has(plugin)) return undefined;
  return `${plugin.kind} plugin '${plugin.name}': 'stallClasses' is a list of names, an old form: all but the first count as work; expected ${STALL_CLASSES_EXPECTED}`;
}

/** What is wrong with the stall classes that a plugin declares; undefined when they are well formed, or absent. */
export function stallClassProblem(classes: unknown): string | undefined {
  if (classes === undefined) return undefined;
  if (!isPlainObject(classes)) return `'stallClasses' is ${Array.isArray(classes) ? 'a list, but not of names' : `of type ${typeof classes}`}`;
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

/** Names that every JavaScript object inherits: `constructor`, `toString`, `__proto__`, ... */
const INHERITED: ReadonlySet<string> = new Set([...Object.getOwnPropertyNames(Object.prototype), '__proto__']);

/** What a key or a name in a file may be instead. */
export const NAME_EXPECTED = 'another name: this one means something to the language that Tessera is written in';

/**
 * Names of tensors, layers, dimensions, loops, blocks become keys of tables. One that objects inherit is refused wherever files are
 * read, so that no table can be asked for something that nobody put there, and none can be made to change all the others.
 */
export function isInheritedName(name: string): boolean {
  return INHERITED.has(name);
}

/** Makes tables that inherit nothing. Unlike `Object.create(null)`, V8 keeps their keys in fast properties. */
const Bare = function () {} as unknown as new () => object;
Object.defineProperty(Bare, 'prototype', { value: Object.freeze(Object.create(null)) });

/** An empty table that inherits nothing: a name that is not in it is undefined, whatever the name. */
export function bareTable<T = unknown>(): Record<string, T> {
  return new Bare() as Record<string, T>;
}

/** A deep copy of a JSON value whose mappings inherit nothing. */
export function withoutPrototypes<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutPrototypes) as T;
  const copy = bareTable();
  for (const [key, child] of Object.entries(value)) copy[key] = withoutPrototypes(child);
  return copy as T;
}

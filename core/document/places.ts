import type { SourcePlace } from '../errors.js';
import { bareTable } from '../text/names.js';

interface ChildPlaces {
  readonly keys: Map<string, SourcePlace>;
  readonly values: Map<string, SourcePlace>;
}

/**
 * Where in which file each value of a document stands. Kept beside the plain objects, not in them, so that values from
 * several files can be merged and a message still names the place where the value really is.
 */
export class Places {
  private readonly children = new WeakMap<object, ChildPlaces>();
  private readonly own = new WeakMap<object, SourcePlace>();

  setOwn(container: object, place: SourcePlace): void {
    this.own.set(container, place);
  }

  setChild(container: object, key: string | number, keyPlace: SourcePlace, valuePlace: SourcePlace): void {
    let entry = this.children.get(container);
    if (entry === undefined) {
      entry = { keys: new Map(), values: new Map() };
      this.children.set(container, entry);
    }
    entry.keys.set(String(key), keyPlace);
    entry.values.set(String(key), valuePlace);
  }

  ofSelf(container: unknown): SourcePlace | undefined {
    return isObject(container) ? this.own.get(container) : undefined;
  }

  ofKey(container: unknown, key: string | number): SourcePlace | undefined {
    if (!isObject(container)) return undefined;
    return this.children.get(container)?.keys.get(String(key)) ?? this.own.get(container);
  }

  ofValue(container: unknown, key: string | number): SourcePlace | undefined {
    if (!isObject(container)) return undefined;
    return this.children.get(container)?.values.get(String(key)) ?? this.own.get(container);
  }

  /** Takes over the place of a child that moves or is copied to another container. */
  copyChild(from: object, key: string | number, to: object, newKey: string | number = key): void {
    const keyPlace = this.ofKey(from, key);
    const valuePlace = this.ofValue(from, key);
    if (keyPlace !== undefined && valuePlace !== undefined) this.setChild(to, newKey, keyPlace, valuePlace);
  }

  /** Gives a place to a value and all parts of it that have none: what was not read from a file. */
  settle(value: unknown, place: SourcePlace): void {
    if (!isObject(value)) return;
    if (!this.own.has(value)) this.own.set(value, place);
    for (const child of Object.values(value)) this.settle(child, place);
  }

  /** A deep copy whose parts know their places too. */
  clone<T>(value: T): T {
    if (!isObject(value)) return value;
    const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [] : bareTable();
    const own = this.own.get(value);
    if (own !== undefined) this.own.set(copy, own);
    for (const [key, child] of Object.entries(value)) {
      (copy as Record<string, unknown>)[key] = this.clone(child);
      this.copyChild(value, key, copy);
    }
    return copy as T;
  }

  /** `over` laid on `base`: objects are merged key by key, everything else is replaced. Neither is changed. */
  merge(base: unknown, over: unknown): unknown {
    if (!isPlainObject(base) || !isPlainObject(over)) return this.clone(over);
    const result = this.clone(base);
    for (const [key, child] of Object.entries(over)) {
      result[key] = Object.hasOwn(result, key) ? this.merge(result[key], child) : this.clone(child);
      this.copyChild(over, key, result);
    }
    return result;
  }

  /** The deepest known place on the way from a root along a path of keys. */
  along(root: unknown, keys: readonly string[]): SourcePlace | undefined {
    let place = this.ofSelf(root);
    let node: unknown = root;
    for (const key of keys) {
      if (!isObject(node)) break;
      place = this.ofValue(node, key) ?? place;
      node = (node as Record<string, unknown>)[key];
    }
    return place;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return isObject(value) && !Array.isArray(value);
}

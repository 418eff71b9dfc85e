import { readFileSync } from 'node:fs';
import { InputError } from '../errors.js';

const cache = new Map<string, unknown>();

/** A schema of the `schemas/` folder by its short name, e.g. `schedule`. Works from `core/` and from `dist/core/`. */
export function schemaNamed(name: string): unknown {
  const known = cache.get(name);
  if (known !== undefined) return known;
  for (const up of ['../../schemas', '../../../schemas']) {
    try {
      const schema: unknown = JSON.parse(readFileSync(new URL(`${up}/${name}.schema.json`, import.meta.url), 'utf8'));
      cache.set(name, schema);
      return schema;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  throw new InputError({ message: `no schema '${name}'` });
}

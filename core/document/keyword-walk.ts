import { childSchema, resolveReference } from './schema-walk.js';
import type { JsonSchema } from './json-schema.js';

/** One value whose schema carries a keyword of ours. */
export interface KeywordSite {
  readonly container: Record<string, unknown>;
  readonly key: string;
  /** Path of the value in the whole document. */
  readonly at: string;
  readonly keyword: unknown;
}

/** Calls `found` for every value of a configuration whose schema carries `keyword`; does not look inside those values. */
export function walkKeyword(schema: JsonSchema, config: object, keyword: string, path: string, found: (site: KeywordSite) => void): void {
  const visit = (part: JsonSchema, value: object, at: string): void => {
    const resolved = resolveReference(schema, part);
    if (resolved === undefined) return;
    for (const word of ['allOf', 'anyOf', 'oneOf'] as const) {
      for (const branch of (resolved[word] ?? []) as readonly JsonSchema[]) visit(branch, value, at);
    }
    for (const [key, child] of Object.entries(value)) {
      const inner = childSchema(schema, resolved, value, key);
      if (inner === undefined) continue;
      const place = at === '' ? key : `${at}.${key}`;
      const carried = resolveReference(schema, inner)?.[keyword];
      if (carried !== undefined) found({ container: value as Record<string, unknown>, key, at: place, keyword: carried });
      else if (typeof child === 'object' && child !== null) visit(inner, child as object, place);
    }
  };
  visit(schema, config, path);
}

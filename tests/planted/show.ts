import type { Plan } from './schedule-text.js';
import { documentOf } from './schedule-text.js';

/** A plan as short text: the header's parts and an operation on each line. */
export function show(plan: Plan): string {
  const { operations, ...header } = documentOf({ ...plan, isRolled: false }) as { operations: unknown[] } & Record<string, Record<string, unknown>>;
  const lines = Object.entries(header).flatMap(([key, value]) =>
    value !== null && typeof value === 'object'
      ? [`${key}:`, ...Object.entries(value).map(([name, part]) => `  ${name}: ${JSON.stringify(part)}`)]
      : [`${key}: ${JSON.stringify(value)}`],
  );
  return [...lines, ...operations.map((operation, i) => `${i} ${JSON.stringify(operation)}`)].join('\n');
}

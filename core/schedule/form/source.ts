import type { ScheduleOperation } from './form.js';
import { isRepeat, type ScheduleItem } from './repeat.js';

/**
 * Where an operation is written: a path in its file, such as `operations.3.operations.0`. It goes along with copies (of a `repeat`, of a
 * renumbering), and is in no text that is written.
 */
const SOURCE: unique symbol = Symbol('source');

type Tagged = ScheduleOperation & { readonly [SOURCE]?: string };

/** Tells each operation of a file where it is written. */
export function tagSources(items: readonly ScheduleItem[], path = 'operations'): void {
  items.forEach((item, index) => {
    const here = `${path}.${index}`;
    if (isRepeat(item)) tagSources(item.operations, `${here}.operations`);
    else (item as { [SOURCE]?: string })[SOURCE] = here;
  });
}

/** Undefined for an operation that no file holds. */
export function sourceOf(operation: ScheduleOperation): string | undefined {
  return (operation as Tagged)[SOURCE];
}

/** An operation that was made of another one is written where that is. */
export function withSourceOf(operation: ScheduleOperation, origin: ScheduleOperation): ScheduleOperation {
  const source = sourceOf(origin);
  return source === undefined ? operation : ({ ...operation, [SOURCE]: source } as Tagged);
}

/**
 * Writes operations that follow a pattern as `repeat` blocks, as people and mappers do, and writes them out again: the other way round
 * with an evaluator of its own for what `rolled` makes.
 */
type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const MOST_BODY = 12;

/** Items of a schedule in which runs of alike operations are blocks; operations must not state ids. */
export function rolled(operations: readonly Json[]): Json[] {
  const items: Json[] = [];
  let at = 0;
  while (at < operations.length) {
    const block = longestBlock(operations, at);
    if (block === undefined) {
      items.push(operations[at]!);
      at++;
      continue;
    }
    items.push({ repeat: { index: 't', count: block.count }, operations: block.body });
    at += block.body.length * block.count;
  }
  return items;
}

function longestBlock(operations: readonly Json[], at: number): { body: Json[]; count: number } | undefined {
  let best: { body: Json[]; count: number } | undefined;
  for (let length = 1; length <= MOST_BODY && at + 2 * length <= operations.length; length++) {
    if (!areAlike(operations[at]!, operations[at + length]!)) continue;
    const most = Math.floor((operations.length - at) / length);
    for (let count = 2; count <= most; count++) {
      const rounds = Array.from({ length: count }, (_, t) => operations.slice(at + t * length, at + (t + 1) * length));
      const body = rounds[0]!.map((_, i) => patternOf(rounds.map((round) => round[i]!)));
      if (body.some((pattern) => pattern === undefined)) break;
      if (best === undefined || count * length > best.count * best.body.length) best = { body: body as Json[], count };
    }
  }
  return best;
}

/** Whether two operations can be one in different rounds, at first sight. */
function areAlike(a: Json, b: Json): boolean {
  const [x, y] = [a, b] as [{ [key: string]: Json }, { [key: string]: Json }];
  return x['kind'] === y['kind'] && x['layer'] === y['layer'] && Object.keys(x).length === Object.keys(y).length;
}

/** One value that is each of the given ones in its turn; undefined when there is none. */
function patternOf(values: readonly Json[]): Json | undefined {
  const [first] = values;
  if (values.every((value) => JSON.stringify(value) === JSON.stringify(first))) return first;
  if (values.every((value) => typeof value === 'number')) return numberPattern(values as number[]);
  if (values.every((value) => typeof value === 'string')) return textPattern(values as string[]);
  if (values.every((value) => Array.isArray(value))) return listPattern(values as readonly (readonly Json[])[]);
  if (values.every((value) => typeof value === 'object' && value !== null && !Array.isArray(value)))
    return objectPattern(values as readonly { [key: string]: Json }[]);
  return undefined;
}

function listPattern(lists: readonly (readonly Json[])[]): Json | undefined {
  const [first] = lists;
  if (lists.some((list) => list.length !== first!.length)) return undefined;
  const parts = first!.map((_, i) => patternOf(lists.map((list) => list[i]!)));
  return parts.includes(undefined) ? undefined : (parts as Json[]);
}

function objectPattern(objects: readonly { [key: string]: Json }[]): Json | undefined {
  const keys = Object.keys(objects[0]!);
  if (objects.some((object) => Object.keys(object).join() !== keys.join())) return undefined;
  const parts = keys.map((key) => [key, patternOf(objects.map((object) => object[key]!))] as const);
  return parts.some(([, part]) => part === undefined) ? undefined : (Object.fromEntries(parts) as Json);
}

/** `=a*t+b`, or `=a*(t%2)+b`. */
function numberPattern(values: readonly number[]): string | undefined {
  const [first, second] = values as [number, number];
  const step = second - first;
  if (values.every((value, t) => value === first + step * t)) return `=${step}*t+${first}`.replace('+-', '-');
  if (values.every((value, t) => value === first + step * (t % 2))) return `=${step}*(t%2)+${first}`.replace('+-', '-');
  return undefined;
}

/** Names that differ in a number at their end. */
function textPattern(values: readonly string[]): string | undefined {
  const parts = values.map((value) => /^(.*?)(\d+)$/.exec(value));
  if (parts.some((part) => part === null || part[1] !== parts[0]![1] || String(Number(part[2])) !== part[2])) return undefined;
  const numbers = numberPattern(parts.map((part) => Number(part![2])));
  return numbers === undefined ? undefined : `${parts[0]![1]}{${numbers.slice(1)}}`;
}

/** The operations that items stand for. */
export function unrolled(items: readonly Json[]): Json[] {
  return items.flatMap((item) => {
    const block = item as { repeat?: { count: number }; operations?: readonly Json[] };
    if (block.repeat === undefined) return [item];
    return Array.from({ length: block.repeat.count }, (_, t) => block.operations!.map((operation) => at(operation, t))).flat();
  });
}

function at(value: Json, t: number): Json {
  if (typeof value === 'string') {
    if (value.startsWith('=')) return evaluate(value.slice(1), t);
    return value.replace(/\{([^}]*)\}/g, (_, expression: string) => String(evaluate(expression, t)));
  }
  if (Array.isArray(value)) return value.map((part: Json) => at(part, t));
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, at(part as Json, t)]));
  return value;
}

/** Of the two forms that `numberPattern` writes. */
function evaluate(expression: string, t: number): number {
  const [, factor, turn, offset] = /^(-?\d+)\*(t|\(t%2\))([+-]\d+)$/.exec(expression)!;
  return Number(factor) * (turn === 't' ? t : t % 2) + Number(offset);
}

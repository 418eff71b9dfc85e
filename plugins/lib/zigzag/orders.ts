import type { SizedLoop } from './form.js';

/** Loops in prime factors, at most `limit` of them: the loop with the most has its two smallest merged. */
export function loopFactors(sizes: ReadonlyMap<string, number>, limit: number): SizedLoop[] {
  const factors = new Map([...sizes].map(([loop, size]) => [loop, primeFactors(size)]));
  const count = (): number => [...factors.values()].reduce((all, list) => all + list.length, 0);
  while (count() > limit) {
    const [, most] = [...factors].reduce((best, entry) => (entry[1].length > best[1].length ? entry : best));
    if (most.length < 2) break;
    const [a, b] = most.splice(0, 2) as [number, number];
    most.push(a * b);
    most.sort((x, y) => x - y);
  }
  return [...factors].flatMap(([loop, list]) => list.map((size): SizedLoop => [loop, size]));
}

function primeFactors(size: number): number[] {
  const found: number[] = [];
  let rest = size;
  for (let factor = 2; factor * factor <= rest; factor++)
    while (rest % factor === 0) {
      found.push(factor);
      rest /= factor;
    }
  if (rest > 1) found.push(rest);
  return found;
}

interface Cell {
  readonly rank: number;
  readonly loop: SizedLoop;
  next: Cell | undefined;
}

/**
 * All different orders of the factors, by prefix shifts (A. Williams, SODA 2009), from the descending one on: the order in which the tool
 * looks at them decides between equals.
 */
export function* orderings(factors: readonly SizedLoop[]): Generator<SizedLoop[]> {
  const sorted = [...factors].sort(byNameThenSize);
  const [first, ...others] = sorted;
  if (first === undefined) {
    yield [];
    return;
  }
  const rankOf = (loop: SizedLoop): number => sorted.findIndex((other) => byNameThenSize(loop, other) === 0);
  let head: Cell = { rank: rankOf(first), loop: first, next: undefined };
  for (const loop of others) head = { rank: rankOf(loop), loop, next: head };
  let before = cellAt(head, sorted.length - 2);
  let last: Cell | undefined = cellAt(head, sorted.length - 1);
  yield loopsFrom(head);
  while (last !== undefined && (last.next !== undefined || last.rank < head.rank)) {
    const from: Cell = last.next !== undefined && before.rank >= last.next.rank ? last : before;
    const moved = from.next!;
    from.next = moved.next;
    moved.next = head;
    if (moved.rank < head.rank) before = moved;
    last = before.next;
    head = moved;
    yield loopsFrom(head);
  }
}

const byNameThenSize = (a: SizedLoop, b: SizedLoop): number => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] - b[1]);

function cellAt(head: Cell, index: number): Cell {
  let cell = head;
  for (let step = 0; step < index && cell.next !== undefined; step++) cell = cell.next;
  return cell;
}

function loopsFrom(head: Cell): SizedLoop[] {
  const loops: SizedLoop[] = [];
  for (let cell: Cell | undefined = head; cell !== undefined; cell = cell.next) loops.push(cell.loop);
  return loops;
}

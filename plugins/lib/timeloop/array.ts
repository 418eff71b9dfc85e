import { InputError } from 'tessera-sim';
import type { Move } from './moves.js';
import type { DataSpace } from './problem.js';
import { product, shiftOf, type Step } from './steps.js';

/** Transfers out of a level to its children: words that leave it, each received by `multicast` children. */
export interface Access {
  readonly multicast: number;
  words: number;
}

/** Elements that take the same words: how many a group has, and how many such groups there are. */
interface Group {
  readonly multicast: number;
  readonly count: number;
}

/** Elements of a spatial array that are compared one by one where several dimensions move along one axis. */
const MOST_ELEMENTS = 2 ** 20;

/**
 * Words that leave the level for its children, over all steps. Where elements beside one another pass on what they got the step before
 * (link transfers), this saves reads; it is done where it does.
 */
export function transfersOf(space: DataSpace, moves: readonly Move[], spatial: readonly Step[], share: number): { accesses: Access[]; links: number } {
  const words = moves.reduce((all, { times, box }) => all + times * box.words, 0) * share;
  if (spatial.length === 0) return { accesses: [{ multicast: 1, words }], links: 0 };
  const groups = multicastGroups(space, spatial);
  const linked = moves.length < 2 ? [] : linkedMoves(moves, neighbourOffsets(space, spatial));
  if (linked.length === 0) return { accesses: groups.map(({ multicast, count }) => ({ multicast, words: words * count })), links: 0 };
  const elements = elementsOf(space, spatial);
  const readersOf = groups.reduce((all, { count }) => all + count, 0);
  const byMulticast = new Map<number, number>();
  const add = (multicast: number, more: number): void => void byMulticast.set(multicast, (byMulticast.get(multicast) ?? 0) + more);
  let plain = words;
  let links = 0;
  for (const { times, words: fresh, from } of linked) {
    const { uncovered, covered } = withNeighbours(elements, from);
    if (uncovered.reduce((all, { count }) => all + count, 0) >= readersOf) continue;
    const moved = times * fresh * share;
    plain -= moved;
    links += moved * covered;
    for (const { multicast, count } of uncovered) add(multicast, moved * count);
  }
  for (const { multicast, count } of groups) add(multicast, plain * count);
  return { accesses: [...byMulticast].map(([multicast, total]) => ({ multicast, words: total })), links };
}

/** Groups of elements that take the same words: how many elements a group has, and how many such groups there are. */
function multicastGroups(space: DataSpace, spatial: readonly Step[]): Group[] {
  const relevant: Step[] = [];
  let copies = 1;
  for (const loop of spatial) {
    if (shiftOf(space, loop).some((shift) => shift !== 0)) relevant.push(loop);
    else copies *= loop.mean;
  }
  if (!sharesAxis(space, relevant)) return [{ multicast: copies, count: product(relevant) }];
  return groupsOf(elementsOf(space, relevant).map(({ offset }) => offset)).map(({ multicast, count }) => ({ multicast: multicast * copies, count }));
}

/** Whether two of the loops over different dimensions move the tile along one axis, so that offsets can coincide. */
function sharesAxis(space: DataSpace, loops: readonly Step[]): boolean {
  return space.axes.some((terms) => {
    const dimensions = new Set(loops.filter(({ dimension }) => terms.some((term) => term.dimension === dimension)).map(({ dimension }) => dimension));
    return dimensions.size > 1;
  });
}

interface LinkedMove {
  readonly times: number;
  readonly words: number;
  /** From an element to the neighbour that had its words. */
  readonly from: readonly number[];
}

/** The moves of the tile that bring to an element just what a neighbour got the step before. */
function linkedMoves(moves: readonly Move[], neighbours: readonly (readonly number[])[]): LinkedMove[] {
  const [start, first] = moves;
  const linked: LinkedMove[] = [];
  if (start === undefined || first === undefined) return linked;
  let rounds = 0;
  for (const move of moves) if (move !== first) rounds += move.times;
  const consider = ({ by, box }: Move, { box: before }: Move, times: number): void => {
    if (box.words === 0 || !isEqual(box.widths, before.widths)) return;
    const from = neighbours.find((offset) => offset.every((value, axis) => value === by[axis]! + box.low[axis]! - before.low[axis]!));
    if (from !== undefined) linked.push({ times, words: box.words, from });
  };
  for (const move of moves) {
    if (move === first) continue;
    consider(first, move, (first.times / rounds) * move.times);
    if (move !== start) consider(move, first, move.times);
  }
  return linked;
}

function isEqual(some: readonly number[], others: readonly number[]): boolean {
  return some.every((value, index) => value === others[index]);
}

/** Differences between the tiles of elements that lie beside one another, along X or Y. */
function neighbourOffsets(space: DataSpace, spatial: readonly Step[]): number[][] {
  const offsets: number[][] = [];
  const back = { X: space.axes.map(() => 0), Y: space.axes.map(() => 0) };
  for (const loop of spatial) {
    const shift = shiftOf(space, loop);
    const own = back[loop.axis];
    offsets.push(
      shift.map((value, i) => value - own[i]!),
      shift.map((value, i) => own[i]! - value),
    );
    shift.forEach((value, i) => (own[i]! += value * (loop.size - 1)));
  }
  return offsets;
}

interface Element {
  readonly x: number;
  readonly y: number;
  readonly offset: readonly number[];
}

function elementsOf(space: DataSpace, spatial: readonly Step[]): Element[] {
  checkElements(spatial);
  let elements: Element[] = [{ x: 0, y: 0, offset: space.axes.map(() => 0) }];
  const size = { X: 1, Y: 1 };
  for (const { axis, size: steps, ...loop } of spatial) {
    const shift = shiftOf(space, { axis, size: steps, ...loop });
    const pitch = size[axis];
    elements = Array.from({ length: steps }, (_, i) =>
      elements.map(({ x, y, offset }) => ({
        x: axis === 'X' ? x + i * pitch : x,
        y: axis === 'Y' ? y + i * pitch : y,
        offset: offset.map((value, a) => value + i * shift[a]!),
      })),
    ).flat();
    size[axis] *= steps;
  }
  return elements;
}

/** Elements whose words a neighbour has that is `from` ahead of them; and the groups of all the others. */
function withNeighbours(elements: readonly Element[], from: readonly number[]): { covered: number; uncovered: Group[] } {
  const byPlace = new Map(elements.map((element) => [`${element.x},${element.y}`, element]));
  const rest = elements.filter(({ x, y, offset }) =>
    [`${x + 1},${y}`, `${x - 1},${y}`, `${x},${y + 1}`, `${x},${y - 1}`].every((place) => {
      const other = byPlace.get(place);
      return other === undefined || !from.every((step, axis) => other.offset[axis]! - offset[axis]! === step);
    }),
  );
  return { covered: elements.length - rest.length, uncovered: groupsOf(rest.map(({ offset }) => offset)) };
}

function checkElements(spatial: readonly Step[]): void {
  const elements = spatial.reduce((all, { size }) => all * size, 1);
  if (elements > MOST_ELEMENTS) throw new InputError({ path: 'mapping', message: `the array has ${elements} elements`, expected: `at most ${MOST_ELEMENTS}` });
}

/** Groups of equal tiles. */
function groupsOf(offsets: readonly (readonly number[])[]): Group[] {
  const matches = new Map<string, number>();
  for (const offset of offsets) matches.set(offset.join(), (matches.get(offset.join()) ?? 0) + 1);
  const groups = new Map<number, number>();
  for (const count of matches.values()) groups.set(count, (groups.get(count) ?? 0) + 1);
  return [...groups].map(([multicast, count]) => ({ multicast, count }));
}

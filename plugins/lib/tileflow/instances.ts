import { InputError } from 'tessera-sim';
import { MAXIMUM_INSTANCES } from './bounds.js';
import type { PlacedNode } from './nodes.js';
import { cornerStep, sameShape, type Corners, type HeldSpace } from './space.js';

/** Words sent that go to `copies` instances at once, in `parts` different pieces. */
export interface Sending {
  readonly copies: number;
  readonly parts: number;
  words: number;
}

/** The instances of a spatial tile in the order of its loops, and how far each one's corners lie from the first one's, by tensor. */
export interface Spread {
  readonly instances: Int32Array;
  readonly shifts: readonly Float64Array[];
}

export function spread({ loops, logical, offset, fanout, source }: PlacedNode, corners: readonly Corners[]): Spread {
  const count = logical.x * logical.y;
  const room = fanout.x * fanout.y;
  if (logical.x + offset.x > fanout.x || logical.y + offset.y > fanout.y || room > MAXIMUM_INSTANCES)
    throw new InputError({
      path: source.type === 'tile' ? source.level : '',
      message: `a spatial tile of ${logical.x} x ${logical.y} does not fit${offset.x + offset.y > 0 ? ' beside the others' : ''}`,
      expected: `${fanout.x} x ${fanout.y} instances at most`,
    });
  const instances = Int32Array.from({ length: count }, (_, index) => (index % logical.y) + offset.y + (Math.floor(index / logical.y) + offset.x) * fanout.y);
  const shifts = corners.map((corner) => {
    const steps = loops.map(({ dimension, stride }) => cornerStep(corner, dimension) * stride);
    return Float64Array.from({ length: count }, (_, index) => {
      let [rest, shift] = [index, 0];
      for (let loop = loops.length - 1; loop >= 0; loop -= 1) {
        const { size } = loops[loop]!;
        shift += (rest % size) * steps[loop]!;
        rest = Math.floor(rest / size);
      }
      return shift;
    });
  });
  return { instances, shifts };
}

/**
 * Who sends what the instances lack: a neighbour that held exactly that before (`peers`, in words), else the memory above, once for all
 * instances that lack the same (each one for itself where the tile does not multicast).
 */
export function sentTo(
  node: PlacedNode,
  lacking: HeldSpace,
  before: HeldSpace | undefined,
  times: number,
): { readonly sent: Sending[][]; readonly peers: readonly number[] } {
  const multicast = node.source.type !== 'tile' || node.source.multicast;
  const earlier = before === undefined ? undefined : new Map([...before.instances].map((instance, index) => [instance, index]));
  const peers: number[] = [];
  const sent = lacking.tensors.map((tensor, which): Sending[] => {
    peers.push(0);
    if (tensor.shape === undefined) return [];
    const held = before?.tensors[which];
    const alike = held !== undefined && sameShape(tensor, held) ? held : undefined;
    const copies = new Map<number, number>();
    lacking.instances.forEach((instance, index) => {
      const corner = tensor.corner[index]!;
      if (alike !== undefined && neighbours(instance, node.fanout).some((other) => heldAt(other) === corner)) peers[which]! += tensor.words * times;
      else copies.set(corner, (copies.get(corner) ?? 0) + 1);
    });
    return gathered(copies, tensor.words * times, multicast);

    function heldAt(instance: number): number | undefined {
      const index = earlier!.get(instance);
      return index === undefined ? undefined : alike!.corner[index];
    }
  });
  return { sent, peers };
}

function gathered(copies: ReadonlyMap<number, number>, words: number, multicast: boolean): Sending[] {
  const parts = new Map<number, number>();
  for (const count of copies.values()) parts.set(count, (parts.get(count) ?? 0) + 1);
  if (multicast) return [...parts].map(([count, pieces]) => ({ copies: count, parts: pieces, words: words * pieces }));
  // As in the tool, of pieces that occur equally often the last kind counts.
  const single = new Map<number, Sending>();
  for (const [count, pieces] of parts) single.set(pieces, { copies: 1, parts: pieces, words: words * pieces * count });
  return [...single.values()];
}

/** The tool's rows are as long as the array is wide. */
function neighbours(instance: number, { x, y }: PlacedNode['fanout']): readonly number[] {
  const [column, row] = [instance % x, Math.floor(instance / x)];
  const found: number[] = [];
  if (column > 0) found.push(instance - 1);
  if (row > 0) found.push(instance - x);
  if (row + 1 < y) found.push(instance + x);
  if (column + 1 < x) found.push(instance + 1);
  return found;
}

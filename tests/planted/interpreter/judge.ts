import { bitsOf } from '../formats.js';
import type { Plan } from '../schedule-text.js';
import { elementsOf, sizesOf } from './boxes.js';
import { reference } from './layer-math.js';
import type { Strictness } from './memory.js';
import { walk, type Walk } from './interpret.js';

/** When each operation began and ended, by its place in the schedule. */
export interface Times {
  readonly start: readonly number[];
  readonly end: readonly number[];
}

/** What the interpreter has against a schedule, by what it changes. */
export interface Judgement {
  readonly malformed: readonly string[];
  /** Outputs that are not what their layers say. */
  readonly values: readonly string[];
  readonly room: readonly string[];
  /** Operations that ran out of the order that data ask for. */
  readonly order: readonly string[];
  readonly undefinedReads: number;
}

/** Outputs as they must be: those of whole layers, and of what no layer writes, of this schedule. */
export class Expected {
  private readonly outputs = new Map<string, Float64Array>();

  constructor(plan: Plan) {
    const layers = reference(plan);
    const home = walk(plan, 'possible').memory.homes;
    for (const [name, { role }] of Object.entries(plan.tensors))
      if (role === 'output') this.outputs.set(name, layers.get(name) ?? home.get(name)!.of(name, plan).values);
  }

  differences(plan: Plan, { memory }: Walk): string[] {
    const found: string[] = [];
    for (const [name, values] of this.outputs) {
      const home = memory.homes.get(name)?.of(name, plan);
      const wrong: number[] = [];
      for (let element = 0; element < values.length; element++)
        if (home === undefined || home.present[element] === 0 || home.values[element] !== values[element]) wrong.push(element);
      if (wrong.length > 0) found.push(`output '${name}': ${wrong.length} of ${values.length} elements are wrong, the first is number ${wrong[0]}`);
    }
    return found;
  }
}

export function judge(plan: Plan, expected: Expected, strictness: Strictness, times?: Times): Judgement {
  const found = walk(plan, strictness);
  const { memory, malformed } = found;
  return {
    malformed: [...malformed, ...beyondRange(plan)],
    values: expected.differences(plan, found),
    room: memory.overflows.map(({ operation, buffer, bits, capacityBits }) => `operation ${operation}: ${bits} bits in buffer '${buffer}' of ${capacityBits}`),
    order: times === undefined ? [] : [...outOfOrder(found, times), ...overfull(found, times)],
    undefinedReads: memory.undefinedReads,
  };
}

export function isFault({ malformed, values, room, order }: Judgement): boolean {
  return malformed.length + values.length + room.length + order.length > 0;
}

/** Pairs that may not change places, of which the later one began before the earlier one had ended. */
function outOfOrder({ memory }: Walk, { start, end }: Times): string[] {
  const found: string[] = [];
  for (const pair of memory.conflicts) {
    const [earlier, later] = [Math.floor(pair / 65_536), pair % 65_536];
    if (start[later]! < end[earlier]!) found.push(`operation ${later} begins at ${start[later]}, operation ${earlier} ends at ${end[earlier]}`);
  }
  return found;
}

/** Buffers that hold more at a time than they can, with bits held from the start of a writer to the end of the last user. */
function overfull({ memory }: Walk, { start, end }: Times): string[] {
  const changes = memory.roomEvents.map((event) => {
    const isTaken = event.kind === 'take';
    const tick = isTaken ? start[event.by]! : event.by === undefined ? Math.max(...event.users!.map((user) => end[user]!)) : start[event.by]!;
    return { tick, place: event.place, bits: isTaken ? event.bits : -event.bits, by: event.by };
  });
  changes.sort((a, b) => a.tick - b.tick || a.bits - b.bits);
  const held = new Map<string, number>();
  const found: string[] = [];
  for (const { tick, place, bits, by } of changes) {
    const now = (held.get(place.name) ?? 0) + bits;
    held.set(place.name, now);
    if (bits > 0 && now > place.capacityBits && !memory.overflows.some(({ buffer }) => buffer === place.name))
      found.push(`buffer '${place.name}' of ${place.capacityBits} bits holds ${now} at ${tick}, when operation ${by} begins`);
  }
  return found;
}

/** Sizes that no memory has are the engine's to refuse; addresses beyond them are told by the machine's capacity. */
function beyondRange({ tensors, buffers }: Plan): string[] {
  const bad = (name: string, address: number | undefined, bytes: number): string[] =>
    (address ?? 0) < 0 || !(bytes > 0) ? [`'${name}' has ${bytes} bytes at ${address}`] : [];
  return [
    ...Object.entries(buffers).flatMap(([name, { address, bytes }]) => bad(name, address, bytes)),
    ...Object.entries(tensors).flatMap(([name, tensor]) => bad(name, tensor.address, (elementsOf(sizesOf(tensor)) * bitsOf(tensor.format)) / 8)),
  ];
}

import { bitsOf } from '../formats.js';
import { BITS } from '../formats.js';
import { bytesOf, touches } from '../generator/arrange.js';
import type { Access, Buffer, Tensor } from '../schedule-text.js';
import type { Planter } from './operations.js';
import { type Bench, isLoad, isTransfer, modeOf } from './tools.js';

interface Room {
  readonly form: Buffer | Tensor;
  readonly memory: string;
  readonly bytes: number;
}

const roomOf = (form: Buffer | Tensor): Room =>
  'memory' in form ? { form, memory: form.memory, bytes: form.bytes } : { form, memory: form.home!, bytes: bytesOf(form) };

function bufferTooSmall(bench: Bench): boolean {
  const { plan, random } = bench;
  const buffer = random.maybe(Object.values(plan.buffers).filter(({ bytes }) => bytes > 1));
  if (buffer === undefined) return false;
  buffer.bytes = random.chance(50) ? buffer.bytes - 1 : random.between(1, buffer.bytes - 1);
  return true;
}

/** Puts `a` over `b`, by some bytes or by all. */
function overlay(bench: Bench, a: Room, b: Room): boolean {
  const { random } = bench;
  const base = b.form.address ?? (b.memory === 'dram' ? 4096 : 32_768);
  b.form.address = base;
  const shift = random.chance(50) ? 0 : random.between(-a.bytes + 1, b.bytes - 1);
  a.form.address = Math.max(0, base + shift);
  return true;
}

const overlap =
  (first: 'buffers' | 'homes', second: 'buffers' | 'homes'): Planter =>
  (bench) => {
    const { plan, random } = bench;
    const roomsOf = (which: string): Room[] =>
      (which === 'buffers' ? Object.values(plan.buffers) : Object.values(plan.tensors).filter(({ home }) => home !== undefined)).map(roomOf);
    const pairs = roomsOf(first).flatMap((a) =>
      roomsOf(second)
        .filter((b) => b.form !== a.form && b.memory === a.memory)
        .map((b) => [a, b] as const),
    );
    const pair = random.maybe(pairs);
    return pair !== undefined && overlay(bench, ...pair);
  };

function otherFormat(bench: Bench): boolean {
  const { plan, random } = bench;
  const tensor = random.pick(Object.values(plan.tensors));
  const own = bitsOf(tensor.format);
  const others = Object.keys(BITS).filter((format) => BITS[format] !== own);
  // Wider ones need more room.
  tensor.format = random.pick(random.chance(75) ? [...others.filter((format) => BITS[format]! > own), ...others] : others);
  return true;
}

function releaseEarly(bench: Bench): boolean {
  const { plan, random } = bench;
  const name = random.maybe(Object.keys(plan.buffers));
  if (name === undefined) return false;
  const users = plan.operations.filter((operation) => touches(operation, name) && operation.kind !== 'collective');
  if (users.length < 2) return false;
  const at = random.between(0, users.length - 2);
  const operation = users[at]!;
  const later = users.slice(at + 1).find(({ releases }) => releases?.some(({ buffer }) => buffer === name) === true);
  if (later !== undefined && random.chance(70)) later.releases = later.releases!.filter(({ buffer }) => buffer !== name);
  if (later?.releases?.length === 0) delete later.releases;
  operation.releases = [...(operation.releases ?? []), { buffer: name }];
  return true;
}

function releaseLeftOut(bench: Bench): boolean {
  const operation = bench.one(({ releases }) => releases !== undefined);
  if (operation === undefined) return false;
  operation.releases!.splice(bench.random.between(0, operation.releases!.length - 1), 1);
  if (operation.releases!.length === 0) delete operation.releases;
  return true;
}

function releaseTwiceOrHalf(bench: Bench): boolean {
  const { plan, random } = bench;
  const operation = bench.one(({ releases }) => releases !== undefined);
  if (operation === undefined) return false;
  const release = random.pick(operation.releases!);
  if (random.chance(50)) {
    const others = plan.operations.filter((other) => other !== operation && other.kind !== 'collective');
    const users = others.filter((other) => touches(other, release.buffer!));
    const other = random.maybe(users.length > 0 ? users : others);
    if (other === undefined) return false;
    other.releases = [...(other.releases ?? []), structuredClone(release)];
    return true;
  }
  const read = operation.reads?.find(({ buffer }) => buffer === release.buffer);
  const found = read === undefined ? undefined : bench.resolve(read);
  if (found === undefined) return false;
  release.tensor = found.tensor;
  release.box = structuredClone(found.box);
  return bench.shrink(release.box);
}

/** A load into a buffer that is still needed, or a write that joins becomes one that replaces. */
function liveOverwritten(bench: Bench): boolean {
  const { plan, random } = bench;
  const joining = plan.operations.filter(
    ({ kind, writes }) => kind !== 'collective' && writes?.some((write) => write.buffer !== undefined && modeOf(write) !== 'replace') === true,
  );
  if (random.chance(35) && joining.length > 0) {
    const write = random.pick(joining).writes!.find((candidate) => modeOf(candidate) !== 'replace')!;
    delete write.mode;
    return true;
  }
  const load = bench.one(isLoad);
  const [read] = load?.reads ?? [];
  const found = read === undefined ? undefined : bench.resolve(read);
  if (load === undefined || found === undefined) return false;
  const needed = bytesOf({
    ...plan.tensors[found.tensor]!,
    dims: Object.fromEntries(Object.entries(found.box).map(([name, [low, high]]) => [name, high - low])),
  });
  const target = random.maybe(Object.keys(plan.buffers).filter((name) => plan.buffers[name]!.bytes >= needed));
  if (target === undefined) return false;
  const users = plan.operations.filter((operation) => touches(operation, target));
  const last = users.at(-1);
  if (last === undefined || users.length < 2) return false;
  const at = random.between(bench.positionOf(users[0]!) + 1, bench.positionOf(last));
  const before = plan.operations[at - 1]!;
  bench.insert(
    { kind: 'transfer', queue: load.queue, reads: [{ tensor: found.tensor, box: found.box }], writes: [{ buffer: target }], after: [before.uid] },
    at,
  );
  return true;
}

/** Something is stored over an input that is still to be read. */
function inputOverwritten(bench: Bench): boolean {
  const { plan, random } = bench;
  const loads = plan.operations.filter((operation) => isLoad(operation) && ['input', 'constant'].includes(plan.tensors[operation.reads![0]!.tensor!]!.role));
  const load = random.maybe(loads);
  if (load === undefined) return false;
  const found = bench.resolve(load.reads![0]!);
  if (found === undefined) return false;
  const at = bench.positionOf(load);
  // What some buffer holds of another tensor, or the home of another one.
  const sources = plan.operations
    .slice(0, at)
    .flatMap(({ writes = [] }) => writes)
    .flatMap((write): Access[] => {
      const held = bench.resolve(write);
      return held === undefined || plan.tensors[held.tensor]!.format !== plan.tensors[found.tensor]!.format
        ? []
        : [{ ...held, ...(write.buffer === undefined ? {} : { buffer: write.buffer }) }];
    });
  const whole = Object.entries(plan.tensors).filter(
    ([name, { role, home, format }]) =>
      name !== found.tensor && home !== undefined && role !== 'intermediate' && role !== 'output' && format === plan.tensors[found.tensor]!.format,
  );
  const source = random.maybe([
    ...sources,
    ...whole.map(([tensor, { dims }]): Access => ({ tensor, box: Object.fromEntries(Object.entries(dims).map(([name, size]) => [name, [0, size]])) })),
  ]);
  if (source === undefined) return false;
  // One element is enough.
  const first = (box: Record<string, [number, number]>): Record<string, [number, number]> =>
    Object.fromEntries(Object.entries(box).map(([name, [low]]) => [name, [low, low + 1]]));
  const { dims } = plan.tensors[source.tensor!]!;
  const from = first(source.box ?? Object.fromEntries(Object.keys(dims).map((name) => [name, [0, 1]])));
  const queue = plan.operations.find(isTransfer)!.queue;
  const before = plan.operations[at - 1];
  bench.insert(
    {
      kind: 'transfer',
      queue,
      reads: [{ tensor: source.tensor!, ...(source.buffer === undefined ? {} : { buffer: source.buffer }), box: from }],
      writes: [{ tensor: found.tensor, box: first(found.box) }],
      ...(before === undefined ? {} : { after: [before.uid] }),
    },
    at,
  );
  return true;
}

/** Contents of less than whole bytes get the bytes of their whole ones. */
function subByte(bench: Bench): boolean {
  const { plan, random } = bench;
  const odd = plan.operations
    .flatMap(({ writes = [], kind }) => (kind === 'collective' ? [] : writes))
    .flatMap((write) => {
      const found = write.buffer === undefined ? undefined : bench.resolve(write);
      if (found === undefined) return [];
      const bits = bitsOf(plan.tensors[found.tensor]!.format) * Object.values(found.box).reduce((product, [low, high]) => product * (high - low), 1);
      return bits % 8 === 0 || bits < 8 ? [] : [{ buffer: write.buffer!, bytes: Math.floor(bits / 8) }];
    });
  const way = random.maybe(odd);
  if (way === undefined) return false;
  plan.buffers[way.buffer]!.bytes = way.bytes;
  return true;
}

export const PLACE_FAULTS: Readonly<Record<number, Planter>> = {
  19: bufferTooSmall,
  20: overlap('buffers', 'buffers'),
  21: overlap('homes', 'homes'),
  22: overlap('buffers', 'homes'),
  23: otherFormat,
  24: releaseEarly,
  25: releaseLeftOut,
  26: releaseTwiceOrHalf,
  27: liveOverwritten,
  28: inputOverwritten,
  44: subByte,
};

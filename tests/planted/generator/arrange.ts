import { bitsOf } from '../formats.js';
import { walk } from '../interpreter/interpret.js';
import { Expected, isFault, judge } from '../interpreter/judge.js';
import type { Random } from '../random.js';
import { type Buffer, clone, type Operation, type Plan, type Tensor } from '../schedule-text.js';

/** What may be done to any legal schedule and leaves it legal: each step is kept when the interpreter agrees, and dropped otherwise. */
export function arrange(plan: Plan, random: Random): Plan {
  const expected = new Expected(plan);
  const isLegal = (candidate: Plan): boolean => {
    const verdict = judge(candidate, expected, 'possible');
    return !isFault(verdict) && verdict.undefinedReads === 0;
  };
  const steps = stepsFor(random);
  let kept = clone(plan);
  for (const step of steps) step(kept);
  if (!isLegal(kept)) {
    kept = plan;
    for (const step of steps) {
      const next = clone(kept);
      step(next);
      if (isLegal(next)) kept = next;
    }
  }
  if (random.chance(50)) {
    kept.hazards = 'checked';
    if (random.chance(20)) fenceOff(kept, random);
    orderByData(kept, random);
  } else if (random.chance(20)) orderByData(kept, random, 30);
  waitAtFences(kept, random);
  markAgain(kept);
  kept.idStep = random.pick([0, 0, 1, 7]);
  if (kept.idStep === 0) kept.isRolled = random.chance(60);
  return kept;
}

/** Where tiles have changed places, it is the later one that computes points again. */
function markAgain({ operations, layers }: Plan): void {
  const made = new Map<string, Operation[]>();
  for (const operation of operations) {
    if (operation.layer === undefined || layers[operation.layer] === undefined || operation.kind === 'transfer') continue;
    const before = made.get(operation.layer) ?? [];
    if (before.some((other) => shareAPoint(other, operation))) operation.recompute = true;
    made.set(operation.layer, [...before, operation]);
  }
}

function shareAPoint(a: Operation, b: Operation): boolean {
  return Object.keys(a.loops ?? {}).every((loop) => {
    const [from, to] = [a.at?.[loop] ?? 0, b.at?.[loop] ?? 0];
    return from < to + (b.loops?.[loop] ?? 1) && to < from + (a.loops?.[loop] ?? 1);
  });
}

/** Some of the changes, in an order in which they go together. */
function stepsFor(random: Random): ((plan: Plan) => void)[] {
  const addresses = random.pick(['none', 'apart', 'apart', 'over one another', 'over one another']);
  const steps: [number, (plan: Plan) => void][] = [
    [40, (plan) => releaseWhatIsDead(plan, random)],
    [75, (plan) => swapNeighbours(plan, random)],
    [30, (plan) => enlargeBuffers(plan, random)],
    [10, (plan) => loadForNothing(plan, random)],
    [addresses === 'none' ? 0 : 100, (plan) => placeBuffers(plan, random, addresses === 'apart')],
    [45, (plan) => placeHomes(plan, random, random.chance(60))],
    [10, (plan) => void plan.operations.splice(random.between(0, plan.operations.length), 0, { uid: freshUid(plan), kind: 'sync', queue: 'fence' })],
  ];
  return steps.filter(([percent]) => random.chance(percent)).map(([, step]) => step);
}

export function freshUid(plan: Plan): number {
  return Math.max(0, ...plan.operations.map(({ uid }) => uid)) + 1;
}

/** The last reader of a buffer's contents says so. */
function releaseWhatIsDead(plan: Plan, random: Random): void {
  for (const name of Object.keys(plan.buffers)) {
    const users = plan.operations.filter((operation) => touches(operation, name));
    users.forEach((operation, i) => {
      const next = users[i + 1];
      const isRefilled = next === undefined || next.writes?.some(({ buffer, mode }) => buffer === name && (mode ?? 'replace') === 'replace') === true;
      const readsIt = operation.reads?.some(({ buffer }) => buffer === name) === true && operation.kind !== 'collective';
      const isFree = next === undefined || !next.reads?.some(({ buffer }) => buffer === name);
      if (readsIt && isRefilled && isFree && operation.releases === undefined && random.chance(60)) operation.releases = [{ buffer: name }];
    });
  }
}

export function touches(operation: Operation, buffer: string): boolean {
  const named = [...(operation.reads ?? []), ...(operation.writes ?? []), ...(operation.releases ?? [])].some((access) => access.buffer === buffer);
  return named || operation.participants?.some((part) => part.buffer === buffer || part.scratch === buffer) === true;
}

/** Exchanges neighbours that have nothing to do with each other: loads move ahead of computations. */
function swapNeighbours(plan: Plan, random: Random): void {
  const { conflicts } = walk(plan, 'possible').memory;
  const order = plan.operations.map((_, i) => i);
  for (let i = 0; i < 3 * order.length; i++) {
    const at = random.between(0, order.length - 2);
    const [a, b] = [order[at], order[at + 1]];
    if (a === undefined || b === undefined || conflicts.has(Math.min(a, b) * 65_536 + Math.max(a, b))) continue;
    // Loads rather than others, forwards.
    if (plan.operations[b]!.kind !== 'transfer' && random.chance(70)) continue;
    [order[at], order[at + 1]] = [b, a];
  }
  plan.operations = order.map((i) => plan.operations[i]!);
}

function enlargeBuffers(plan: Plan, random: Random): void {
  for (const buffer of Object.values(plan.buffers)) if (random.chance(40)) buffer.bytes += random.pick([1, buffer.bytes, 3 * buffer.bytes, 64]);
}

/** An input that is loaded and that nobody looks at. */
function loadForNothing(plan: Plan, random: Random): void {
  const inputs = Object.entries(plan.tensors).filter(([, { role, home }]) => (role === 'input' || role === 'constant') && home === 'dram');
  const [name, tensor] = random.pick(inputs);
  const load = plan.operations.find(({ kind }) => kind === 'transfer');
  const memory = Object.values(plan.buffers).find((buffer) => buffer.memory !== 'dram')?.memory;
  if (load === undefined || memory === undefined) return;
  plan.buffers['spare'] = { memory, bytes: bytesOf(tensor) };
  const times = random.between(1, 2);
  for (let i = 0; i < times; i++)
    plan.operations.splice(random.between(0, plan.operations.length), 0, {
      uid: freshUid(plan),
      kind: 'transfer',
      queue: memory.replace(/l1$/, 'dma'),
      reads: [{ tensor: name }],
      writes: [{ buffer: 'spare' }],
    });
}

/** Fixed addresses: one after the other, or the first room that is free while the buffer is in use. */
function placeBuffers(plan: Plan, random: Random, isApart: boolean): void {
  const lives = livesOf(plan);
  const placed: { memory: string; low: number; high: number; first: number; last: number }[] = [];
  // Homes without an address in the same memory are put wherever there is room, and keep out of the way.
  for (const [name, buffer] of random.shuffled(Object.entries(plan.buffers))) {
    const [first, last] = lives.get(name) ?? [0, Infinity];
    const isFree = (low: number): boolean =>
      placed.every(
        (other) =>
          other.memory !== buffer.memory || low >= other.high || low + buffer.bytes <= other.low || (!isApart && (last < other.first || other.last < first)),
      );
    const candidates = [buffer.memory === 'dram' ? 1 << 20 : 0, ...placed.filter(({ memory }) => memory === buffer.memory).map(({ high }) => high)].map((at) =>
      Math.max(buffer.memory === 'dram' ? 1 << 20 : 0, at),
    );
    const low = candidates.sort((a, b) => a - b).find(isFree)!;
    buffer.address = low;
    placed.push({ memory: buffer.memory, low, high: low + buffer.bytes, first, last });
  }
}

/** First and last operation that uses each buffer. */
function livesOf(plan: Plan): Map<string, [number, number]> {
  const lives = new Map<string, [number, number]>();
  plan.operations.forEach((operation, i) => {
    for (const name of Object.keys(plan.buffers)) {
      if (!touches(operation, name)) continue;
      lives.set(name, [lives.get(name)?.[0] ?? i, i]);
    }
  });
  return lives;
}

/** Fixed addresses of homes; those of intermediates may be used again once their last reader has been, and after inputs. */
function placeHomes(plan: Plan, random: Random, reuses: boolean): void {
  const uses = new Map<string, [number, number]>();
  plan.operations.forEach((operation, i) => {
    for (const access of [...(operation.reads ?? []), ...(operation.writes ?? [])]) {
      if (access.buffer !== undefined) continue;
      const name = access.tensor ?? operation.reads?.[0]?.tensor;
      if (name !== undefined) uses.set(name, [uses.get(name)?.[0] ?? i, i]);
    }
  });
  const placed: { home: string; low: number; high: number; first: number; last: number }[] = [];
  const base = (home: string): number => (home === 'dram' ? 64 * random.between(0, 3) : 65_536);
  for (const [name, tensor] of random.shuffled(Object.entries(plan.tensors))) {
    if (tensor.home === undefined) continue;
    const { home } = tensor;
    const hasData = tensor.role === 'input' || tensor.role === 'constant';
    const used = uses.get(name) ?? [0, -1];
    const first = hasData ? -1 : used[0];
    const last = tensor.role === 'output' ? Infinity : Math.max(first, used[1]);
    const bytes = bytesOf(tensor);
    const isFree = (low: number): boolean =>
      placed.every((other) => other.home !== home || low >= other.high || low + bytes <= other.low || (reuses && (last < other.first || other.last < first)));
    const from = base(home);
    const low = [from, ...placed.filter((other) => other.home === home).map(({ high }) => Math.max(high, from))].sort((a, b) => a - b).find(isFree)!;
    tensor.address = low;
    placed.push({ home, low, high: low + bytes, first, last });
  }
}

export function bytesOf(tensor: Tensor): number {
  return Math.ceil((Object.values(tensor.dims).reduce((a, b) => a * b, 1) * bitsOf(tensor.format)) / 8);
}

/** `after` for every pair that must keep its order, or for some of those that the others imply. */
export function orderByData(plan: Plan, random: Random, percent = 100): void {
  const { conflicts } = walk(plan, 'possible').memory;
  const count = plan.operations.length;
  const earlier: number[][] = plan.operations.map(() => []);
  for (const pair of conflicts) earlier[pair % 65_536]!.push(Math.floor(pair / 65_536));
  const reach: Set<number>[] = [];
  const keepsAll = random.chance(30);
  const position = new Map(plan.operations.map(({ uid }, i) => [uid, i]));
  const lastOf = new Map<string, number>();
  const trustsQueues = random.chance(60);
  for (let i = 0; i < count; i++) {
    const { kind, queue, after: stated = [] } = plan.operations[i]!;
    const all = new Set<number>();
    const chosen: number[] = [];
    const reachTo = (other: number): void => {
      all.add(other);
      for (const before of reach[other]!) all.add(before);
    };
    for (const uid of stated) reachTo(position.get(uid)!);
    // A core, and a PIM unit, begins nothing before it has ended what is before it in its queue.
    const before = lastOf.get(queue);
    if (trustsQueues && before !== undefined && (kind === 'compute' || kind === 'pim')) reachTo(before);
    lastOf.set(queue, i);
    for (const other of earlier[i]!.sort((a, b) => b - a)) {
      if (!all.has(other) || keepsAll) chosen.push(other);
      reachTo(other);
    }
    reach.push(all);
    const after = chosen.filter(() => random.chance(percent)).map((other) => plan.operations[other]!.uid);
    if (after.length > 0) plan.operations[i]!.after = [...stated, ...after.reverse()];
  }
}

/** Groups of operations, each behind a fence that waits for the whole group before. */
function fenceOff(plan: Plan, random: Random): void {
  const made: Operation[] = [];
  let group: number[] = [];
  let fence: number | undefined;
  for (const operation of plan.operations) {
    if (group.length > 1 && random.chance(25)) {
      const uid = Math.max(freshUid(plan), ...made.map((other) => other.uid + 1));
      made.push({ uid, kind: 'sync', queue: 'barrier', after: [...(fence === undefined ? [] : [fence]), ...group] });
      fence = uid;
      group = [];
    }
    made.push(fence === undefined ? operation : { ...operation, after: [fence] });
    group.push(operation.uid);
  }
  plan.operations = made;
}

/** A fence waits for some operations before it, and some behind it wait for the fence. */
function waitAtFences(plan: Plan, random: Random): void {
  plan.operations.forEach((operation, at) => {
    if (operation.queue !== 'fence') return;
    const before = plan.operations.slice(0, at).filter(() => random.chance(50));
    if (before.length > 0) operation.after = before.map(({ uid }) => uid);
    for (const later of plan.operations.slice(at + 1)) if (random.chance(20)) later.after = [...(later.after ?? []), operation.uid];
  });
}

export type { Buffer };

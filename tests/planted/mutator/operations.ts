import type { Access, Operation, Plan } from '../schedule-text.js';
import { type Bench, isCompute, isLoad, isStore, isTile, isTransfer, modeOf, setAfter } from './tools.js';

/** Plants one fault; false when the schedule has no place for it. */
export type Planter = (bench: Bench) => boolean;

const leaveOut =
  (fits: (operation: Operation) => boolean): Planter =>
  (bench) => {
    const operation = bench.one(fits);
    if (operation === undefined) return false;
    bench.remove(operation);
    return true;
  };

const twice =
  (fits: (operation: Operation) => boolean): Planter =>
  (bench) => {
    const operation = bench.one(fits);
    if (operation === undefined) return false;
    const { uid, ...copy } = structuredClone(operation);
    const at = bench.positionOf(operation);
    const later = bench.random.chance(60) ? at + 1 : bench.random.between(at + 1, bench.plan.operations.length);
    bench.insert({ ...copy, after: [...(copy.after ?? []), uid] }, later);
    return true;
  };

/** A store's data are given up instead of brought home. */
function storeBecomesRelease(bench: Bench): boolean {
  const store = bench.one(isStore);
  if (store === undefined) return false;
  const releases = (store.reads ?? []).map(({ buffer, tensor, box }): Access => ({
    buffer: buffer!,
    ...(tensor === undefined ? {} : { tensor }),
    ...(box === undefined ? {} : { box }),
  }));
  const at = bench.positionOf(store);
  const before = bench.plan.operations[at - 1];
  if (before !== undefined && before.kind !== 'collective' && bench.random.chance(50)) {
    bench.remove(store);
    before.releases = [...(before.releases ?? []), ...releases];
    return true;
  }
  bench.plan.operations[at] = { uid: store.uid, kind: 'sync', queue: 'fence', releases, ...(store.after === undefined ? {} : { after: store.after }) };
  return true;
}

function exchange(bench: Bench): boolean {
  const { plan, random } = bench;
  const at = random.between(0, plan.operations.length - 2);
  const distance = random.chance(60) ? 1 : random.between(1, plan.operations.length - 1 - at);
  const [a, b] = [plan.operations[at]!, plan.operations[at + distance]!];
  if (!sharesPlace(plan, a, b)) return false;
  [plan.operations[at], plan.operations[at + distance]] = [b, a];
  bench.dropLateWaits();
  return true;
}

function sharesPlace(plan: Plan, a: Operation, b: Operation): boolean {
  const placesOf = ({ reads = [], writes = [] }: Operation): string[] => [...reads, ...writes].map(({ buffer, tensor }) => buffer ?? `home of ${tensor}`);
  const mine = placesOf(a);
  return plan.operations.length > 2 && placesOf(b).some((place) => mine.includes(place));
}

function wrongQueue(bench: Bench): boolean {
  const { random, plan } = bench;
  const operation = bench.one(({ kind }) => kind !== 'sync' && kind !== 'collective');
  if (operation === undefined) return false;
  const queues = [...new Set(plan.operations.filter(({ kind }) => kind !== 'sync' && kind !== 'collective').map(({ queue }) => queue))];
  const other = random.maybe(queues.filter((queue) => queue !== operation.queue));
  if (other === undefined) return false;
  operation.queue = other;
  return true;
}

function later(bench: Bench): boolean {
  const { random, plan } = bench;
  const operation = bench.one(({ kind }) => kind !== 'sync');
  if (operation === undefined) return false;
  const at = bench.positionOf(operation);
  if (at >= plan.operations.length - 1) return false;
  plan.operations.splice(at, 1);
  plan.operations.splice(random.between(at + 1, Math.min(plan.operations.length, at + 8)), 0, operation);
  bench.dropLateWaits();
  return true;
}

function circularAfter(bench: Bench): boolean {
  const { random, plan } = bench;
  const at = random.between(0, plan.operations.length - 1);
  const operation = plan.operations[at]!;
  const other = plan.operations[random.between(at, plan.operations.length - 1)]!;
  operation.after = [...(operation.after ?? []), other.uid];
  return true;
}

function unknownAfter(bench: Bench): boolean {
  const { random, plan } = bench;
  const at = random.between(0, plan.operations.length - 1);
  const between = plan.idStep > 1 && at > 0 ? [3 + random.between(0, at - 1) * plan.idStep + random.between(1, plan.idStep - 1)] : [];
  plan.operations[at]!.rawAfter = [random.pick([-1, -7, 1_000_000, ...between, ...between])];
  return true;
}

function afterLeftOut(bench: Bench): boolean {
  const { random, plan } = bench;
  if (plan.hazards !== 'checked') return false;
  const operation = bench.one(({ after }) => after !== undefined);
  if (operation === undefined) return false;
  const all = random.chance(40);
  const gone = random.pick(operation.after!);
  setAfter(operation, all ? [] : operation.after!.filter((uid) => uid !== gone));
  return true;
}

function tileMoved(bench: Bench): boolean {
  const operation = bench.one(isTile);
  if (operation === undefined) return false;
  const { loops } = bench.plan.layers[operation.layer!]!;
  const ways = Object.entries(loops).flatMap(([loop, size]) => {
    const from = operation.at?.[loop] ?? 0;
    const room = size - (operation.loops?.[loop] ?? 1);
    return Array.from({ length: room + 1 }, (_, to) => ({ loop, to })).filter(({ to }) => to !== from);
  });
  const way = bench.random.maybe(ways);
  if (way === undefined) return false;
  operation.at = { ...operation.at, [way.loop]: way.to };
  return true;
}

function tileSmaller(bench: Bench): boolean {
  const operation = bench.one(isTile);
  const loop = bench.random.maybe(Object.entries(operation?.loops ?? {}).filter(([, size]) => size > 1));
  if (operation === undefined || loop === undefined) return false;
  const [name, size] = loop;
  operation.loops = { ...operation.loops, [name]: size - bench.random.between(1, size - 1) };
  if (bench.random.chance(40)) operation.at = { ...operation.at, [name]: (operation.at?.[name] ?? 0) + size - operation.loops[name]! };
  return true;
}

function wrongLayer(bench: Bench): boolean {
  const operation = bench.one(isTile);
  const other = bench.random.maybe(Object.keys(bench.plan.layers).filter((name) => name !== operation?.layer));
  if (operation === undefined || other === undefined) return false;
  operation.layer = other;
  if (bench.random.chance(50)) operation.operator = bench.plan.layers[other]!.operator;
  return true;
}

function wrongOperator(bench: Bench): boolean {
  const operation = bench.one(isTile);
  if (operation === undefined) return false;
  const own = operation.operator!;
  const isProduct = /^(conv|gemm|matmul|depthwise)/.test(own);
  const others = ['relu', 'gelu', 'add', 'mul', 'sub', 'maxpool', 'averagepool', 'tanh', 'softmax', 'exp'].filter((name) => name !== own);
  operation.operator = bench.random.pick(isProduct ? others : [...others, 'gemm']);
  return true;
}

/** A store that comes before the last part of its sum. */
function partialStored(bench: Bench): boolean {
  const { plan, random } = bench;
  const store = bench.one(isStore);
  if (store === undefined) return false;
  const at = bench.positionOf(store);
  const buffer = store.reads![0]!.buffer;
  const writers = plan.operations
    .map((_, i) => i)
    .filter((i) => i < at && plan.operations[i]!.writes?.some((write) => write.buffer === buffer && modeOf(write) !== 'replace') === true);
  const last = writers.at(-1);
  if (last === undefined) return false;
  plan.operations.splice(at, 1);
  plan.operations.splice(random.chance(70) ? last : writers[0]!, 0, store);
  bench.dropLateWaits();
  return true;
}

/** A load of something that is not finished yet: it comes before the last write of its home. */
function staleCopy(bench: Bench): boolean {
  const { plan, random } = bench;
  const moves = plan.operations.flatMap((operation, at) => {
    if (!isTransfer(operation) || operation.reduce !== undefined) return [];
    const source = operation.reads?.[0];
    if (source === undefined) return [];
    const tensor = bench.resolve(source)?.tensor;
    const writers = plan.operations
      .map((_, i) => i)
      .filter((i) => i < at && plan.operations[i]!.writes?.some((write) => write.buffer === source.buffer && bench.resolve(write)?.tensor === tensor) === true);
    return writers.length === 0 ? [] : [{ operation, at, to: writers.at(-1)! }];
  });
  const move = random.maybe(moves);
  if (move === undefined) return false;
  plan.operations.splice(move.at, 1);
  plan.operations.splice(move.to, 0, move.operation);
  bench.dropLateWaits();
  return true;
}

export const OPERATION_FAULTS: Readonly<Record<number, Planter>> = {
  1: leaveOut(isLoad),
  2: leaveOut(isStore),
  3: storeBecomesRelease,
  4: leaveOut(isCompute),
  5: twice(isCompute),
  6: twice(isTransfer),
  7: exchange,
  31: circularAfter,
  32: unknownAfter,
  33: afterLeftOut,
  34: tileMoved,
  35: tileSmaller,
  36: wrongLayer,
  37: wrongOperator,
  38: wrongQueue,
  39: later,
  40: partialStored,
  42: staleCopy,
};

import type { Access, Box, Operation, Write } from '../schedule-text.js';
import type { Planter } from './operations.js';
import { type Bench, isCompute, isStore, isTile, isTransfer, modeOf } from './tools.js';

const volumeOf = (box: Box): number => Object.values(box).reduce((product, [low, high]) => product * (high - low), 1);

/** Moves boxes of a transfer, at one end or at both. */
const transferMoved =
  (ends: 'both' | 'destination' | 'source', fits = isTransfer): Planter =>
  (bench) => {
    const transfer = bench.one((operation) => fits(operation) && operation.reads?.length === 1);
    if (transfer === undefined || !bench.stateAll(transfer)) return false;
    const [source] = transfer.reads!;
    const writes = transfer.writes!;
    if (ends === 'destination') {
      const target = bench.random.pick(writes);
      return bench.move(target.tensor!, target.box!);
    }
    const before = JSON.stringify(source!.box);
    if (!bench.move(source!.tensor!, source!.box!)) return false;
    if (ends === 'both') for (const write of writes) if (JSON.stringify(write.box) === before) write.box = structuredClone(source!.box!);
    return true;
  };

const computeBox =
  (which: 'reads' | 'writes', change: (bench: Bench, access: Access) => boolean): Planter =>
  (bench) => {
    const operation = bench.one(isCompute);
    if (operation === undefined || !bench.stateAll(operation)) return false;
    const access = bench.random.maybe<Access>(operation[which] ?? []);
    return access !== undefined && change(bench, access);
  };

const moveBox = (bench: Bench, access: Access): boolean => bench.move(access.tensor!, access.box!);
const shrinkBox = (bench: Bench, access: Access): boolean => bench.shrink(access.box!);

function operandLeftOut(bench: Bench): boolean {
  const operation = bench.one((candidate) => isCompute(candidate) && (candidate.reads?.length ?? 0) > 0);
  if (operation === undefined || !bench.stateAll(operation)) return false;
  operation.reads!.splice(bench.random.between(0, operation.reads!.length - 1), 1);
  return true;
}

/** Of a layer that does not state its operands, two of one shape may be either way round. */
function couldBeMeant({ plan }: Bench, { layer, reads }: Operation): boolean {
  const sizes = (tensor: string): string => Object.values(plan.tensors[tensor]!.dims).join();
  const stated = plan.standard[layer!];
  return stated !== undefined && reads?.length === 2 && sizes(stated['I']!) === sizes(stated['W']!);
}

function operandsExchanged(bench: Bench): boolean {
  const operation = bench.one((candidate) => isTile(candidate) && candidate.reads?.length === 2);
  if (operation === undefined || couldBeMeant(bench, operation)) return false;
  const [first, second] = operation.reads!;
  const [a, b] = [first!.operand!, second!.operand!];
  first!.operand = b;
  second!.operand = a;
  if (bench.random.chance(50)) operation.reads!.reverse();
  return true;
}

/** Another buffer of the same memory, or another tensor in the same place. */
function otherPlace(bench: Bench, access: Access): boolean {
  const { plan, random } = bench;
  const box = bench.state(access);
  if (box === undefined) return false;
  if (access.buffer !== undefined && random.chance(60)) {
    const { memory } = plan.buffers[access.buffer]!;
    const other = random.maybe(Object.keys(plan.buffers).filter((name) => name !== access.buffer && plan.buffers[name]!.memory === memory));
    if (other === undefined) return false;
    access.buffer = other;
    return true;
  }
  const own = access.tensor!;
  const fitting = Object.entries(plan.tensors).filter(([name, { dims, home }]) => {
    if (name === own || (access.buffer === undefined && home === undefined)) return false;
    const sizes = Object.values(dims);
    return sizes.length === Object.keys(box).length && Object.values(box).every(([, high], d) => high <= sizes[d]!);
  });
  const other = random.maybe(fitting);
  if (other === undefined) return false;
  const names = Object.keys(other[1].dims);
  access.tensor = other[0];
  access.box = Object.fromEntries(Object.values(box).map((range, d) => [names[d]!, range]));
  return true;
}

const elsewhere =
  (which: 'reads' | 'writes'): Planter =>
  (bench) => {
    const operation = bench.one(({ kind, ...rest }) => kind !== 'sync' && kind !== 'collective' && (rest[which]?.length ?? 0) > 0);
    if (operation === undefined || !bench.stateAll(operation)) return false;
    return otherPlace(bench, bench.random.pick<Access>(operation[which]!));
  };

function unequal(bench: Bench): boolean {
  const transfer = bench.one(isTransfer);
  if (transfer === undefined || !bench.stateAll(transfer)) return false;
  const access = bench.random.pick<Access>([...transfer.reads!, ...transfer.writes!]);
  const before = volumeOf(access.box!);
  return bench.shrink(access.box!) && volumeOf(access.box!) !== before;
}

function wrongMode(bench: Bench): boolean {
  const operation = bench.one(({ kind, writes }) => kind !== 'collective' && (writes?.length ?? 0) > 0);
  if (operation === undefined) return false;
  const write = bench.random.pick(operation.writes!);
  write.mode = bench.random.pick((['replace', 'add', 'accumulate'] as const).filter((mode) => mode !== modeOf(write)));
  return true;
}

/** The tile adds to sums of another region, and the store takes them for its own. */
function foreignSums(bench: Bench): boolean {
  const { plan, random } = bench;
  const adds = plan.operations.filter(
    (operation) => isCompute(operation) && operation.writes?.some((write) => modeOf(write) === 'accumulate' && write.buffer !== undefined) === true,
  );
  const operation = random.maybe(adds);
  if (operation === undefined || !bench.stateAll(operation)) return false;
  const write = operation.writes!.find((candidate) => modeOf(candidate) === 'accumulate')!;
  if (random.chance(50)) {
    // A buffer whose sums are others.
    const { memory } = plan.buffers[write.buffer!]!;
    const written = new Set(plan.operations.flatMap(({ writes = [], kind }) => (kind === 'compute' ? writes.map(({ buffer }) => buffer) : [])));
    const other = random.maybe(Object.keys(plan.buffers).filter((name) => name !== write.buffer && plan.buffers[name]!.memory === memory && written.has(name)));
    if (other === undefined) return false;
    write.buffer = other;
    return true;
  }
  return bench.move(write.tensor!, write.box!);
}

function firstWriteAccumulates(bench: Bench): boolean {
  const operation = bench.one((candidate) => isCompute(candidate) && candidate.writes?.some((write) => modeOf(write) === 'replace') === true);
  if (operation === undefined) return false;
  const write = operation.writes!.find((candidate) => modeOf(candidate) === 'replace')!;
  const { plan } = bench;
  const before = plan.operations
    .slice(0, bench.positionOf(operation))
    .findLast((other) => other.writes?.some(({ buffer }) => buffer === write.buffer) === true);
  const old = before?.writes?.find(({ buffer }) => buffer === write.buffer);
  if (old === undefined || write.buffer === undefined) return false;
  const [box, oldBox] = [bench.state(write), bench.resolve(old)];
  if (
    box === undefined ||
    oldBox === undefined ||
    oldBox.tensor !== write.tensor ||
    volumeOf(box) !== volumeOf(oldBox.box) ||
    JSON.stringify(box) === JSON.stringify(oldBox.box)
  )
    return false;
  // The new sums join the old ones under their name, and are stored under the right one.
  const own = structuredClone(box);
  write.mode = 'accumulate';
  write.box = structuredClone(oldBox.box);
  const store = plan.operations
    .slice(bench.positionOf(operation))
    .find((other) => other.kind === 'transfer' && other.reads?.some((read) => read.buffer === write.buffer) === true);
  const read = store?.reads?.find(({ buffer }) => buffer === write.buffer);
  if (store === undefined || read === undefined) return true;
  for (const target of store.writes ?? []) {
    target.tensor = write.tensor!;
    target.box ??= own;
  }
  read.tensor = write.tensor!;
  read.box = structuredClone(oldBox.box);
  return true;
}

function multicastMember(bench: Bench): boolean {
  const transfer = bench.one((operation) => isTransfer(operation) && (operation.writes?.length ?? 0) > 1);
  if (transfer === undefined) return false;
  transfer.writes!.splice(bench.random.between(0, transfer.writes!.length - 1), 1);
  return true;
}

/** One source in the place of another, or once more. */
function sourceTwice(bench: Bench): boolean {
  const { random } = bench;
  const operation = bench.one(
    ({ reduce, operator, layer, reads }) => (reduce === 'add' || (operator === 'sum' && layer === undefined)) && (reads?.length ?? 0) > 1,
  );
  if (operation === undefined || !bench.stateAll(operation)) return false;
  const reads = operation.reads!;
  const from = random.between(0, reads.length - 1);
  const { operand: _, ...source } = structuredClone(reads[from]!);
  if (operation.reduce === 'add' && random.chance(50)) {
    reads.push(source);
    return true;
  }
  const to = random.pick(reads.map((_read, i) => i).filter((i) => i !== from));
  const { operand } = reads[to]!;
  reads[to] = { ...source, ...(operand === undefined ? {} : { operand }) };
  return true;
}

function participantLeftOut(bench: Bench): boolean {
  const collective = bench.one(({ kind }) => kind === 'collective');
  if (collective === undefined) return false;
  collective.participants!.splice(bench.random.between(0, collective.participants!.length - 1), 1);
  return true;
}

/** The second computation of the same rows gets other rows of the input. */
function otherHaloInputs(bench: Bench): boolean {
  const { plan, random } = bench;
  const again = bench.one(({ recompute }) => recompute === true);
  if (again === undefined || !bench.stateAll(again)) return false;
  const read = random.pick(again.reads!);
  if (random.chance(35)) return bench.move(read.tensor!, read.box!);
  // What was loaded for it comes from elsewhere, under the right name.
  const loads = plan.operations
    .slice(0, bench.positionOf(again))
    .filter((other) => isTransfer(other) && other.writes?.some(({ buffer }) => buffer === read.buffer) === true);
  const load = loads.at(-1);
  if (load === undefined || load.reads?.length !== 1 || !bench.stateAll(load)) return false;
  return bench.move(load.reads[0]!.tensor!, load.reads[0]!.box!);
}

export type { Operation, Write };

export const ACCESS_FAULTS: Readonly<Record<number, Planter>> = {
  8: transferMoved('both'),
  9: transferMoved('destination'),
  10: transferMoved('source'),
  11: computeBox('reads', moveBox),
  12: computeBox('writes', moveBox),
  13: computeBox('reads', shrinkBox),
  14: computeBox('writes', shrinkBox),
  15: operandLeftOut,
  16: operandsExchanged,
  17: elsewhere('reads'),
  18: elsewhere('writes'),
  29: unequal,
  30: wrongMode,
  41: transferMoved('destination', isStore),
  43: (bench) => (bench.random.chance(50) ? foreignSums(bench) : firstWriteAccumulates(bench)),
  45: participantLeftOut,
  46: multicastMember,
  47: sourceTwice,
  48: otherHaloInputs,
};

import { summariseSchedule, type ScheduleSummary } from '../mapping/demand.js';
import { canonicalNest, nestFacts, nestOperands } from '../mapping/nest/index.js';
import type { Schedule, ScheduleOperation } from '../schedule/form/form.js';
import type { Loop, LoopNest } from '../schedule/form/loop-nest.js';
import { formatBytes, formatCount } from '../text/index.js';
import type { Workload } from '../workload/layer.js';

/** A mapping or a schedule, with what is known beside it. */
export interface Plan {
  readonly title: string;
  readonly workload?: Workload | undefined;
  readonly mapping?: Readonly<Record<string, LoopNest>> | undefined;
  readonly schedule?: Schedule | undefined;
  readonly estimatedCycles?: number | undefined;
}

export interface PlanDifference {
  /** Absent: of the whole. */
  readonly layer?: string;
  readonly what: 'layers' | 'loop order' | 'level' | 'factor' | 'storage' | 'cores' | 'tiles' | 'buffers' | 'operations';
  /** A sentence with both sides. */
  readonly message: string;
}

export interface PlanEffect {
  /** E.g. `dram: bytes`, `cycles (estimated)`. */
  readonly of: string;
  readonly a: number;
  readonly b: number;
}

export interface PlanComparison {
  readonly titleA: string;
  readonly titleB: string;
  readonly same: boolean;
  readonly differences: readonly PlanDifference[];
  /** What the differences do: traffic by memory, steps in time, cycles where both have an estimate. */
  readonly effects: readonly PlanEffect[];
}

/** Says in words how two mappings or two schedules differ, and what that does to traffic and cycles. */
export function comparePlans(a: Plan, b: Plan): PlanComparison {
  const nests = nestsOf(a) !== undefined && nestsOf(b) !== undefined ? nestDifferences(nestsOf(a)!, nestsOf(b)!) : [];
  const schedules = a.schedule === undefined || b.schedule === undefined ? [] : scheduleDifferences(a.schedule, b.schedule);
  const differences = [...nests, ...schedules];
  return { titleA: a.title, titleB: b.title, same: differences.length === 0, differences, effects: effectsOf(a, b) };
}

function nestsOf({ mapping, schedule }: Plan): Readonly<Record<string, LoopNest>> | undefined {
  return mapping ?? schedule?.mappings;
}

function nestDifferences(a: Readonly<Record<string, LoopNest>>, b: Readonly<Record<string, LoopNest>>): PlanDifference[] {
  const only = onlyIn('layers', Object.keys(a), Object.keys(b), 'has a mapping');
  const both = Object.keys(a).filter((name) => Object.hasOwn(b, name));
  return [...only, ...both.flatMap((layer) => layerDifferences(layer, canonicalNest(a[layer]!), canonicalNest(b[layer]!)))];
}

function onlyIn(what: 'layers', a: readonly string[], b: readonly string[], verb: string): PlanDifference[] {
  const missing = (names: readonly string[], others: readonly string[], side: string): PlanDifference[] =>
    names.filter((name) => !others.includes(name)).map((name) => ({ layer: name, what, message: `${name} ${verb} in ${side} only` }));
  return [...missing(a, b, 'A'), ...missing(b, a, 'B')];
}

/** Storage first, then factors level by level, then the order of loops where the factors agree. */
function layerDifferences(layer: string, a: LoopNest, b: LoopNest): PlanDifference[] {
  const differences: PlanDifference[] = [];
  const say = (what: PlanDifference['what'], message: string): void => void differences.push({ layer, what, message });
  if (a.levels.length !== b.levels.length) say('level', `A has ${a.levels.length} levels, B ${b.levels.length}`);
  for (let level = 0; level < Math.min(a.levels.length, b.levels.length); level++) {
    const [mine, other] = [a.levels[level]!, b.levels[level]!];
    const where = `level ${level}${placeText(mine.storage) === '' ? '' : ` (${placeText(mine.storage)})`}`;
    for (const operand of [...new Set([...Object.keys(mine.storage), ...Object.keys(other.storage)])].sort()) {
      const [x, y] = [mine.storage[operand], other.storage[operand]];
      if (x !== y) say('storage', `${where}: ${operand} ${lies(x)} in A, ${lies(y)} in B`);
    }
    const factors = factorDifferences(mine.loops, other.loops);
    for (const factor of factors) say('factor', `${where}: ${factor}`);
    const [orderA, orderB] = [orderText(mine.loops), orderText(other.loops)];
    if (factors.length === 0 && orderA !== orderB) say('loop order', `${where}: outermost first ${orderA} in A, ${orderB} in B`);
  }
  return differences;
}

function placeText(storage: Readonly<Record<string, string>>): string {
  return [...new Set(Object.values(storage))].join(', ');
}

function lies(memory: string | undefined): string {
  return memory === undefined ? 'is not kept' : `lies in ${memory}`;
}

function factorDifferences(a: readonly Loop[], b: readonly Loop[]): string[] {
  const [mine, other] = [factorsOf(a), factorsOf(b)];
  return [...new Set([...mine.keys(), ...other.keys()])].sort().flatMap((name) => {
    const [x, y] = [mine.get(name) ?? 1, other.get(name) ?? 1];
    return x === y ? [] : [`${name} in ${x} ${steps(name, x)} in A, ${y} in B`];
  });
}

function steps(name: string, count: number): string {
  return name.endsWith('(spatial)') ? 'side by side' : count === 1 ? 'step' : 'steps';
}

/** Factor of each loop, in time and in space apart. */
function factorsOf(loops: readonly Loop[]): Map<string, number> {
  const factors = new Map<string, number>();
  for (const { loop, size, kind } of loops) {
    const name = kind === 'spatial' ? `${loop} (spatial)` : loop;
    factors.set(name, (factors.get(name) ?? 1) * size);
  }
  return factors;
}

function orderText(loops: readonly Loop[]): string {
  return loops
    .map(({ loop, size, last, kind }) => `${loop} ${size}${last === undefined ? '' : `,${last}`}${kind === 'spatial' ? ' side by side' : ''}`)
    .join(', ');
}

interface LayerFigures {
  computes: number;
  transfers: number;
  readonly cores: Set<string>;
  readonly tiles: Map<string, number>;
  first: number;
}

function scheduleDifferences(a: Schedule, b: Schedule): PlanDifference[] {
  const [mine, other] = [figuresOf(a), figuresOf(b)];
  const differences = onlyIn('layers', [...mine.keys()], [...other.keys()], 'is scheduled');
  const common = [...mine.keys()].filter((name) => other.has(name));
  const inOrder = (figures: ReadonlyMap<string, LayerFigures>): string => [...common].sort((x, y) => figures.get(x)!.first - figures.get(y)!.first).join(', ');
  if (inOrder(mine) !== inOrder(other))
    differences.push({ what: 'operations', message: `layers begin in the order ${inOrder(mine)} in A, ${inOrder(other)} in B` });
  for (const layer of common) differences.push(...figureDifferences(layer, mine.get(layer)!, other.get(layer)!));
  return [...differences, ...bufferDifferences(a, b)];
}

function figuresOf(schedule: Schedule): Map<string, LayerFigures> {
  const figures = new Map<string, LayerFigures>();
  let at = 0;
  for (const operation of schedule.operations) {
    const layer = operation.layer ?? '(no layer)';
    let own = figures.get(layer);
    if (own === undefined) figures.set(layer, (own = { computes: 0, transfers: 0, cores: new Set(), tiles: new Map(), first: at }));
    count(own, operation);
    at++;
  }
  return figures;
}

function count(own: LayerFigures, { kind, queue, loops = {} }: ScheduleOperation): void {
  if (kind === 'transfer') own.transfers++;
  if (kind !== 'compute' && kind !== 'pim') return;
  own.computes++;
  own.cores.add(String(queue));
  const tile = Object.entries(loops)
    .filter(([, size]) => size > 1)
    .map(([loop, size]) => `${loop} ${size}`)
    .join(' ');
  own.tiles.set(tile, (own.tiles.get(tile) ?? 0) + 1);
}

function figureDifferences(layer: string, a: LayerFigures, b: LayerFigures): PlanDifference[] {
  const differences: PlanDifference[] = [];
  const [coresA, coresB] = [[...a.cores].sort().join(', '), [...b.cores].sort().join(', ')];
  if (coresA !== coresB) differences.push({ layer, what: 'cores', message: `computed on ${coresA || 'no core'} in A, on ${coresB || 'no core'} in B` });
  const [tileA, tileB] = [mostOf(a.tiles), mostOf(b.tiles)];
  if (a.computes !== b.computes || tileA !== tileB) {
    differences.push({
      layer,
      what: 'tiles',
      message: `${formatCount(a.computes)} tiles in A, mostly ${tileA}; ${formatCount(b.computes)} in B, mostly ${tileB}`,
    });
  }
  if (a.transfers !== b.transfers)
    differences.push({ layer, what: 'operations', message: `${formatCount(a.transfers)} transfers in A, ${formatCount(b.transfers)} in B` });
  return differences;
}

function mostOf(tiles: ReadonlyMap<string, number>): string {
  const [first] = [...tiles].sort((x, y) => y[1] - x[1] || (x[0] < y[0] ? -1 : 1));
  return first === undefined ? 'none' : first[0] || 'one point';
}

function bufferDifferences(a: Schedule, b: Schedule): PlanDifference[] {
  const [mine, other] = [bytesByMemory(a), bytesByMemory(b)];
  return [...new Set([...mine.keys(), ...other.keys()])].sort().flatMap((memory): PlanDifference[] => {
    const [x, y] = [mine.get(memory) ?? [0, 0], other.get(memory) ?? [0, 0]];
    if (x[0] === y[0] && x[1] === y[1]) return [];
    return [{ what: 'buffers', message: `${memory}: ${x[0]} buffers, ${formatBytes(x[1]!)} in A; ${y[0]}, ${formatBytes(y[1]!)} in B` }];
  });
}

function bytesByMemory({ buffers }: Schedule): Map<string, [number, number]> {
  const sums = new Map<string, [number, number]>();
  for (const { memory, bytes } of Object.values(buffers)) {
    const [number, total] = sums.get(memory) ?? [0, 0];
    sums.set(memory, [number + 1, total + bytes]);
  }
  return sums;
}

function effectsOf(a: Plan, b: Plan): PlanEffect[] {
  const [mine, other] = [trafficOf(a), trafficOf(b)];
  const effects = [...new Set([...mine.keys(), ...other.keys()])].map((of) => ({ of, a: mine.get(of) ?? 0, b: other.get(of) ?? 0 }));
  if (a.estimatedCycles === undefined || b.estimatedCycles === undefined) return effects;
  return [...effects, { of: 'cycles (estimated)', a: a.estimatedCycles, b: b.estimatedCycles }];
}

/** Bytes by memory, and steps in time. */
function trafficOf(plan: Plan): Map<string, number> {
  if (plan.schedule !== undefined) return scheduleTraffic(summariseSchedule(plan.schedule, plan.workload ?? NOTHING));
  const traffic = new Map<string, number>();
  const add = (of: string, amount: number): void => void traffic.set(of, (traffic.get(of) ?? 0) + amount);
  for (const [name, nest] of Object.entries(plan.mapping ?? {})) {
    add('steps in time', stepsOf(nest));
    const layer = plan.workload?.layers.find((candidate) => candidate.name === name);
    if (layer === undefined) continue;
    const operands = nestOperands(plan.workload!, layer);
    const bits = new Map(operands.map((operand) => [operand.name, operand.storedBits]));
    for (const { operand, memory, reads, writes } of nestFacts(nest, layer.loops, operands).accesses)
      add(`${memory}: bytes`, ((reads + writes) * (bits.get(operand) ?? 8)) / 8);
  }
  return traffic;
}

function scheduleTraffic({ traffic, operationCount }: ScheduleSummary): Map<string, number> {
  const bytes = [...traffic].map(([memory, { bytesRead, bytesWritten }]): [string, number] => [`${memory}: bytes`, bytesRead + bytesWritten]);
  return new Map([['operations', operationCount], ...bytes.sort((x, y) => (x[0] < y[0] ? -1 : 1))]);
}

function stepsOf({ levels }: LoopNest): number {
  return levels.flatMap(({ loops }) => loops).reduce((steps, { kind, size }) => (kind === 'temporal' ? steps * size : steps), 1);
}

const NOTHING: Workload = { name: '', tensors: {}, layers: [], inputs: [], outputs: [] };

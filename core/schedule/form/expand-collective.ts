import { InputError } from '../../errors.js';
import { LIMITS } from '../../limits.js';
import { nameOfExtension, type ExtensionReference } from '../../model/extension-point.js';
import {
  COLLECTIVE_OPERATORS,
  partBounds,
  type CollectiveAlgorithm,
  type CollectiveOperator,
  type CollectiveParticipant,
  type CollectiveProblem,
  type CollectiveStep,
} from './collective.js';
import type { RegionAccess, RegionBox, ScheduleHeader, ScheduleOperation } from './form.js';

/** A dimension of the region that is split among the participants. */
interface Split {
  readonly dimension: string;
  readonly low: number;
  readonly size: number;
  readonly parts: number;
}

interface Collective {
  readonly form: ScheduleOperation;
  readonly id: number;
  readonly tensor: string;
  readonly box: RegionBox;
  readonly splits: readonly Split[];
  readonly participants: readonly CollectiveParticipant[];
  readonly problem: CollectiveProblem;
  /** Names the operation that adds. */
  readonly reduction: string;
}

/** Operations that carry out one collective, ids from `firstId` on; the last is a sync that ends when all have ended. */
export function* expandCollective(
  form: ScheduleOperation,
  header: ScheduleHeader,
  algorithm: CollectiveAlgorithm,
  firstId: number,
): Generator<ScheduleOperation> {
  const collective = readCollective(form, header);
  const { operator } = collective.problem;
  if (!algorithm.operators.includes(operator)) {
    throw problem(
      collective,
      'with.algorithm',
      `algorithm '${nameOfExtension(form.with!['algorithm'] as ExtensionReference)}' has no ${operator}`,
      algorithm.operators.join(', '),
    );
  }
  // Attribution by layer is kept, but an addition is no tile of the layer's own iteration space.
  const layer = form.layer === undefined ? {} : { layer: form.layer };
  const computeLayer = form.layer === undefined || header.layers?.[form.layer] !== undefined ? {} : layer;
  const order = new StepOrder(form.after ?? [], header.hazards === 'checked');
  let id = firstId;
  for (const step of algorithm.steps(collective.problem)) {
    const access = regionOf(collective, step);
    if (access === undefined) continue;
    const transfer = id++;
    yield {
      id: transfer,
      kind: 'transfer',
      queue: participant(collective, step.from).queue,
      ...layer,
      ...transferOf(collective, step, access),
      after: order.transfer(transfer, step),
    };
    if (step.action !== 'add') continue;
    const receiver = step.to[0] ?? 0;
    const addition = id++;
    yield { id: addition, kind: 'compute', ...computeLayer, ...additionOf(collective, receiver, access), after: order.addition(addition, receiver, step) };
  }
  yield { id, kind: 'sync', queue: form.queue, ...layer, after: order.ends() };
}

function transferOf(collective: Collective, step: CollectiveStep, access: RegionAccess): Pick<ScheduleOperation, 'reads' | 'writes' | 'releases' | 'reduce'> {
  if (step.action === 'reduce') return reductionOf(collective, step, access);
  const source = { ...access, buffer: participant(collective, step.from).buffer };
  const writes = step.to.map((to) => {
    const { buffer, scratch } = participant(collective, to);
    return { ...access, buffer: step.action === 'add' ? (scratch ?? missing(collective, to, 'scratch')) : buffer, mode: 'add' as const };
  });
  return { reads: [source], writes, ...(step.isMove === true ? { releases: [source] } : {}) };
}

/** One transfer that adds on the way; nobody computes, and nothing waits in a scratch buffer. */
function reductionOf(
  collective: Collective,
  { sources = [], to, isMove }: CollectiveStep,
  access: RegionAccess,
): Pick<ScheduleOperation, 'reads' | 'writes' | 'releases' | 'reduce'> {
  const held = (who: number): RegionAccess => ({ ...access, buffer: participant(collective, who).buffer });
  const used = isMove === true ? sources.filter((source) => !to.includes(source)) : [];
  return {
    reads: sources.map(held),
    writes: to.map((who) => ({ ...held(who), mode: 'add' as const })),
    reduce: 'add',
    ...(used.length > 0 ? { releases: used.map(held) } : {}),
  };
}

function additionOf(
  collective: Collective,
  receiver: number,
  access: RegionAccess,
): Pick<ScheduleOperation, 'queue' | 'operator' | 'loops' | 'reads' | 'writes' | 'releases'> {
  const { buffer, scratch, compute } = participant(collective, receiver);
  const arrived = { ...access, buffer: scratch ?? missing(collective, receiver, 'scratch') };
  const held = { ...access, buffer };
  return {
    queue: compute ?? missing(collective, receiver, 'compute'),
    operator: collective.reduction,
    loops: { K: elementsOf(access) },
    reads: [
      { ...held, operand: 'I' },
      { ...arrived, operand: 'I2' },
    ],
    writes: [{ ...held, operand: 'O', mode: 'accumulate' }],
    releases: [arrived],
  };
}

/** The region of a step's parts; undefined when the parts are empty. */
function regionOf({ tensor, box, splits, problem: { operator, participants } }: Collective, step: CollectiveStep): RegionAccess | undefined {
  const ranges = operator === 'all-to-all' ? pairOf(step.first, participants) : [[step.first, step.end] as const];
  const split: Record<string, readonly [number, number]> = {};
  for (const [index, { dimension, low, size, parts }] of splits.entries()) {
    const [first, end] = ranges[index] ?? [0, parts];
    const bounds = [low + partBounds(size, parts, first), low + partBounds(size, parts, end)] as const;
    if (bounds[0] === bounds[1]) return undefined;
    split[dimension] = bounds;
  }
  return { tensor, box: { ...box, ...split } };
}

function elementsOf({ box }: RegionAccess): number {
  return Object.values(box ?? {}).reduce((product, [low, high]) => product * (high - low), 1);
}

function pairOf(part: number, participants: number): (readonly [number, number])[] {
  const [row, column] = [Math.floor(part / participants), part % participants];
  return [
    [row, row + 1],
    [column, column + 1],
  ];
}

/**
 * The order that a collective's operations need among themselves, said by `after`: data say it too, but with
 * `hazards: checked` nobody listens to them.
 */
class StepOrder {
  private readonly users = new Map<number, Map<number, { writer: number; readers: number[] }>>();

  /** The last addition of each participant, by number. */
  private readonly additions = new Map<number, number>();

  /** @param clearsScratch nothing waits for room in a scratch buffer: what is sent there waits until the last contribution is added */
  constructor(
    private readonly start: readonly number[],
    private readonly clearsScratch: boolean,
  ) {}

  transfer(id: number, step: CollectiveStep): number[] {
    const after = new Set(this.start);
    for (let part = step.first; part < step.end; part++) {
      for (const source of step.sources ?? [step.from]) this.read(source, part, id, after);
      if (step.action !== 'add') for (const to of step.to) this.write(to, part, id, after);
    }
    if (step.action === 'add' && this.clearsScratch) for (const to of step.to) if (this.additions.has(to)) after.add(this.additions.get(to)!);
    // In place: it reads what it overwrites.
    after.delete(id);
    return [...after];
  }

  addition(id: number, receiver: number, step: CollectiveStep): number[] {
    const after = new Set([id - 1]);
    this.additions.set(receiver, id);
    for (let part = step.first; part < step.end; part++) this.write(receiver, part, id, after);
    return [...after];
  }

  /** Every operation that none of the others waits for. */
  ends(): number[] {
    const ends = new Set(this.start);
    for (const parts of this.users.values()) {
      for (const { writer, readers } of parts.values()) for (const id of [writer, ...readers]) if (id >= 0) ends.add(id);
    }
    return [...ends];
  }

  private read(who: number, part: number, id: number, after: Set<number>): void {
    const use = this.use(who, part);
    if (use.writer >= 0) after.add(use.writer);
    use.readers.push(id);
  }

  private write(who: number, part: number, id: number, after: Set<number>): void {
    const use = this.use(who, part);
    if (use.writer >= 0) after.add(use.writer);
    for (const reader of use.readers) after.add(reader);
    use.writer = id;
    use.readers = [];
  }

  private use(who: number, part: number): { writer: number; readers: number[] } {
    let parts = this.users.get(who);
    if (parts === undefined) this.users.set(who, (parts = new Map()));
    let use = parts.get(part);
    if (use === undefined) parts.set(part, (use = { writer: -1, readers: [] }));
    return use;
  }
}

function readCollective(form: ScheduleOperation, header: ScheduleHeader): Collective {
  const id = form.id ?? 0;
  const region = form.reads?.[0];
  const tensor = region?.tensor === undefined ? undefined : header.tensors[region.tensor];
  const participants = form.participants ?? [];
  const operator = COLLECTIVE_OPERATORS.find((name) => name === form.operator);
  const found = { form, id, tensor: region?.tensor ?? '', box: region?.box ?? {}, participants, reduction: text(form, 'reduction') ?? 'sum' };
  if (operator === undefined) throw problem(found, 'operator', `collective '${form.operator ?? ''}'`, COLLECTIVE_OPERATORS.join(', '));
  if (tensor === undefined || form.reads?.length !== 1)
    throw problem(found, 'reads', 'a collective works on one region', 'one access with a tensor of the schedule');
  if (form.reduce !== undefined) throw problem(found, 'reduce', 'a collective says by its operator whether it reduces', "'reduce' in transfers only");
  if (participants.length < 2) throw problem(found, 'participants', `${participants.length} participants`, 'two or more');
  if (participants.length > LIMITS.participants) throw problem(found, 'participants', `${participants.length} participants`, `at most ${LIMITS.participants}`);
  const columns = whole(found, 'columns', 1, participants.length);
  const root = whole(found, 'root', 0, participants.length - 1) ?? 0;
  if (root !== 0 && operator !== 'broadcast') throw problem(found, 'with.root', `an ${operator} has no root`, 'broadcast');
  const sizes = Object.entries(tensor.dims).map(([dimension, size]) => ({
    dimension,
    low: found.box[dimension]?.[0] ?? 0,
    high: found.box[dimension]?.[1] ?? size,
  }));
  const splits = splitNames(
    found,
    operator,
    sizes.map(({ dimension }) => dimension),
    sizes.filter(({ low, high }) => high - low >= participants.length).map(({ dimension }) => dimension),
    () => {
      const region = sizes.map(({ dimension, low, high }) => `${dimension} ${high - low}`).join(', ');
      const message = `an all-to-all among ${participants.length} splits the region in two dimensions, and there is no second one large enough (the region is ${region})`;
      return problem(found, 'with.across', message, `a second dimension of ${participants.length} or more, one element for each participant`);
    },
  );
  const parts = participants.length;
  return {
    ...found,
    splits: splits.map((name) => {
      const { dimension, low, high } = sizes.find((candidate) => candidate.dimension === name)!;
      return { dimension, low, size: high - low, parts };
    }),
    problem: { operator, participants: parts, root, ...(columns === undefined ? {} : { columns }) },
  };
}

/** Dimensions that are split: as `along` and `across` say, else the first ones that are large enough. */
function splitNames(
  where: Pick<Collective, 'form' | 'id'>,
  operator: CollectiveOperator,
  all: readonly string[],
  large: readonly string[],
  noSecond: () => InputError,
): string[] {
  const along = text(where.form, 'along') ?? large[0] ?? all[0];
  const names = [along, ...(operator === 'all-to-all' ? [text(where.form, 'across') ?? large.find((name) => name !== along)] : [])];
  if (names.length === 2 && names[1] === undefined) throw noSecond();
  names.forEach((name, index) => {
    if (name === undefined || !all.includes(name) || (index === 1 && name === along)) {
      throw problem(where, index === 0 ? 'with.along' : 'with.across', `no dimension '${name ?? ''}' to split the region in`, all.join(', '));
    }
  });
  return names as string[];
}

function participant({ participants, form, id }: Pick<Collective, 'participants' | 'form' | 'id'>, index: number): CollectiveParticipant {
  const found = participants[index];
  if (found === undefined) throw problem({ form, id }, 'with.algorithm', `the algorithm names participant ${index}`, `0 .. ${participants.length - 1}`);
  return found;
}

function missing(collective: Collective, index: number, field: string): never {
  throw problem(
    collective,
    `participants[${index}].${field}`,
    `a ${collective.problem.operator} adds, and needs '${field}' of every participant`,
    field === 'compute' ? 'a queue of a core' : 'a buffer',
  );
}

function text(form: ScheduleOperation, name: string): string | undefined {
  const value = form.with?.[name];
  return typeof value === 'string' ? value : undefined;
}

function whole(where: Pick<Collective, 'form' | 'id'>, name: string, least: number, most: number): number | undefined {
  const value = where.form.with?.[name];
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw problem(where, `with.${name}`, `${name} ${JSON.stringify(value)}`, `a whole number of ${least} .. ${most}`);
}

function problem({ id }: Pick<Collective, 'form' | 'id'>, path: string, message: string, expected: string): InputError {
  return new InputError({ path: `operation ${id}.${path}`, message, expected });
}

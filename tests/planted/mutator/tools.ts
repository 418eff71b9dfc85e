import { boxOf, hullOf, sizesOf } from '../interpreter/boxes.js';
import { walk } from '../interpreter/interpret.js';
import type { Random } from '../random.js';
import type { Access, Box, Operation, Plan, Write } from '../schedule-text.js';

/** A schedule to be changed in place, and what its accesses mean before that. */
export class Bench {
  private readonly regions: ReturnType<typeof walk>['regions'];

  constructor(
    readonly plan: Plan,
    readonly random: Random,
  ) {
    this.regions = walk(plan, 'possible').regions;
  }

  /** One of the operations that fit, undefined when there is none. */
  one(fits: (operation: Operation, position: number) => boolean): Operation | undefined {
    return this.random.maybe(this.plan.operations.filter(fits));
  }

  all(fits: (operation: Operation) => boolean): Operation[] {
    return this.plan.operations.filter(fits);
  }

  positionOf(operation: Operation): number {
    return this.plan.operations.indexOf(operation);
  }

  /** Tensor and box in full; undefined for an access that means nothing. */
  resolve(access: Access): { tensor: string; box: Box } | undefined {
    const region = this.regions.get(access);
    const tensor = region === undefined ? undefined : this.plan.tensors[region.tensor];
    if (region === undefined || tensor === undefined) return undefined;
    const hull = hullOf(sizesOf(tensor), region.elements);
    return hull === undefined ? undefined : { tensor: region.tensor, box: boxOf(tensor, hull) };
  }

  /** States tensor and box of an access that leaves them out. */
  state(access: Access): Box | undefined {
    const found = this.resolve(access);
    if (found === undefined) return undefined;
    access.tensor = found.tensor;
    access.box = structuredClone(found.box);
    return access.box;
  }

  /** What an operation reads and writes, in full: no part follows the other any more. */
  stateAll(operation: Operation): boolean {
    return [...(operation.reads ?? []), ...(operation.writes ?? [])].every((access) => this.state(access) !== undefined);
  }

  /** Moves a box inside of its tensor; false when it covers all of it. */
  move(tensor: string, box: Box): boolean {
    const { dims } = this.plan.tensors[tensor]!;
    const ways = Object.entries(box).flatMap(([name, [low, high]]) => {
      const size = dims[name]!;
      const steps: number[] = [];
      for (let step = -low; step <= size - high; step++) if (step !== 0) steps.push(step);
      return steps.map((step) => ({ name, step }));
    });
    const way = this.random.maybe(ways);
    if (way === undefined) return false;
    const [low, high] = box[way.name]!;
    box[way.name] = [low + way.step, high + way.step];
    return true;
  }

  /** Takes a row off a box; false when it is a single element. */
  shrink(box: Box): boolean {
    const way = this.random.maybe(Object.entries(box).filter(([, [low, high]]) => high - low > 1));
    if (way === undefined) return false;
    const [name, [low, high]] = way;
    box[name] = this.random.chance(50) ? [low + 1, high] : [low, high - 1];
    return true;
  }

  /** Takes an operation out; who waited for it waits for what it waited for. */
  remove(operation: Operation): void {
    const { plan } = this;
    plan.operations.splice(plan.operations.indexOf(operation), 1);
    for (const other of plan.operations) {
      if (other.after?.includes(operation.uid) !== true) continue;
      setAfter(other, [...new Set([...other.after.filter((uid) => uid !== operation.uid), ...(operation.after ?? [])])]);
    }
  }

  insert(operation: Omit<Operation, 'uid'>, position: number): Operation {
    const uid = Math.max(0, ...this.plan.operations.map((other) => other.uid)) + 1;
    const made = { uid, ...operation };
    this.plan.operations.splice(position, 0, made);
    return made;
  }

  /** Nobody may wait for what comes later. */
  dropLateWaits(): void {
    const seen = new Set<number>();
    for (const operation of this.plan.operations) {
      if (operation.after !== undefined)
        setAfter(
          operation,
          operation.after.filter((uid) => seen.has(uid)),
        );
      seen.add(operation.uid);
    }
  }
}

export function setAfter(operation: Operation, after: number[]): void {
  if (after.length > 0) operation.after = after;
  else delete operation.after;
}

const fromHome = ({ reads = [] }: Operation): boolean => reads.length > 0 && reads.every(({ buffer }) => buffer === undefined);
const fromBuffer = ({ reads = [] }: Operation): boolean => reads.length > 0 && reads.every(({ buffer }) => buffer !== undefined);
const toHome = ({ writes = [] }: Operation): boolean => writes.length > 0 && writes.every(({ buffer }) => buffer === undefined);

export const isTransfer = (operation: Operation): boolean => operation.kind === 'transfer';
export const isLoad = (operation: Operation): boolean => operation.kind === 'transfer' && fromHome(operation) && !toHome(operation);
export const isStore = (operation: Operation): boolean => operation.kind === 'transfer' && fromBuffer(operation) && toHome(operation);
export const isCompute = (operation: Operation): boolean => operation.kind === 'compute' || operation.kind === 'pim';
export const isTile = (operation: Operation): boolean => isCompute(operation) && operation.layer !== undefined;

export const modeOf = ({ mode }: Write): 'replace' | 'add' | 'accumulate' => mode ?? 'replace';

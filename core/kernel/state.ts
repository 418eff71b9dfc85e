import { ModelError } from '../errors.js';
import type { ClockDomain } from './clock-domain.js';
import type { RandomStream } from './random.js';
import type { StateReader, StateWriter } from './state-stream.js';

/** Where the tensors of a schedule lie, so that an address can be told as an offset in one of them. */
export interface AddressBook {
  /** The tensor, by number, that holds this byte of a memory, and the byte's place in it; undefined where none lies. */
  locate(memory: number, address: number): { readonly tensor: number; readonly offsetBytes: number } | undefined;
  /** First byte of a tensor. */
  startOf(tensor: number): number;
}

/** What a state is told relative to. A state that is loaded with another origin goes on at another time, with other operations and addresses. */
export interface StateOrigin {
  /** Must lie on an edge of every clock, or be the very tick at which the state was saved. */
  readonly tick: number;
  /** Identity of the first operation that the state may speak of. */
  readonly firstOperation: number;
  readonly addresses: AddressBook;
}

/** Objects that a state refers to and that others own. */
export interface StateOwners {
  /** The unfinished operation of this id. */
  operation(id: number): unknown;
  /** The transaction at this place of the pool. */
  transaction(id: number): unknown;
}

/** First-in first-out containers of the model floor. */
export interface StateQueue<T> {
  readonly length: number;
  at(index: number): T | undefined;
  push(item: T): void;
  shift(): T | undefined;
}

type NumberArray = number[] | Float64Array | Int32Array | Uint32Array | Int16Array | Uint16Array | Int8Array | Uint8Array;

/**
 * Saves or loads a state, by one description of it: every method takes the present value, and gives back the value that holds
 * from now on (the same one while saving). So what is saved and what is loaded cannot differ:
 *
 * ```ts
 * state(s: StateExchange): void {
 *   this.freeTick = s.tick(this.freeTick);
 *   this.hits = s.number(this.hits);
 *   s.numbers(this.openRows);
 * }
 * ```
 *
 * Configuration, wiring and what follows from them are no part of a state: it is loaded into a block that was built alike.
 */
export class StateExchange {
  constructor(
    private readonly stream: StateReader | StateWriter,
    private readonly origin: StateOrigin,
    private readonly owners: StateOwners,
  ) {}

  /** True while a state is loaded: the place for what follows from what has just been read. */
  get loading(): boolean {
    return this.stream.loading;
  }

  /** Any number that is relative to nothing: counts, flags of numbers, indices; NaN and infinities too. */
  number(value: number): number {
    return this.stream.number(value);
  }

  flag(value: boolean): boolean {
    return this.stream.number(value ? 1 : 0) !== 0;
  }

  text(value: string): string {
    return this.stream.text(value);
  }

  /** A tick; negative and infinite values mean "none" and stay as they are. */
  tick(value: number): number {
    return this.relative(value, this.origin.tick);
  }

  /** A cycle number of a clock, counted from tick 0; negative and infinite values stay as they are. */
  cycle(value: number, clock: ClockDomain): number {
    return this.relative(value, clock.cycleAtOrAfter(this.origin.tick));
  }

  /** Identity of an operation; negative values mean "none". */
  operationId(value: number): number {
    return this.relative(value, this.origin.firstOperation);
  }

  /** A byte address in a memory (a block id). */
  address(memory: number, value: number): number {
    const at = this.loading ? undefined : this.origin.addresses.locate(memory, value);
    const tensor = this.stream.number(at?.tensor ?? -1);
    const told = this.stream.number(at?.offsetBytes ?? value);
    return this.loading && tensor >= 0 ? this.origin.addresses.startOf(tensor) + told : told;
  }

  /** All values of an array, in place; a plain array gets the length that was saved. */
  numbers(values: NumberArray): void {
    this.lengthOf(values);
    for (let i = 0; i < values.length; i++) values[i] = this.stream.number(values[i]!);
  }

  /** Ticks, like `numbers`. */
  ticks(values: NumberArray): void {
    this.lengthOf(values);
    for (let i = 0; i < values.length; i++) values[i] = this.tick(values[i]!);
  }

  /** Cycle numbers of a clock, like `numbers`. */
  cycles(values: NumberArray, clock: ClockDomain): void {
    this.lengthOf(values);
    const base = clock.cycleAtOrAfter(this.origin.tick);
    for (let i = 0; i < values.length; i++) values[i] = this.relative(values[i]!, base);
  }

  flags(values: boolean[]): void {
    this.lengthOf(values);
    for (let i = 0; i < values.length; i++) values[i] = this.flag(values[i]!);
  }

  /** A transaction of the simulation's pool, which is saved and loaded before any block. */
  transaction<T extends { readonly id: number }>(value: T | undefined): T {
    const id = this.stream.number(value?.id ?? -1);
    return this.loading ? (this.owners.transaction(id) as T) : value!;
  }

  optionalTransaction<T extends { readonly id: number }>(value: T | undefined): T | undefined {
    const id = this.stream.number(value?.id ?? -1);
    if (!this.loading) return value;
    return id < 0 ? undefined : (this.owners.transaction(id) as T);
  }

  /** An operation that the block runs; the executor, which owns it, is saved and loaded before any block. */
  operation<T extends { readonly id: number }>(value: T | undefined): T | undefined {
    const id = this.operationId(value?.id ?? -1);
    if (!this.loading) return value;
    return id < 0 ? undefined : (this.owners.operation(id) as T);
  }

  random(stream: RandomStream): void {
    const words = stream.words;
    for (let i = 0; i < words.length; i++) words[i] = this.stream.number(words[i]!);
    if (this.loading) stream.words = words;
  }

  /** The items of a list, in place: `exchange` gets each present item while saving and undefined while loading. */
  list<T>(items: T[], exchange: (item: T | undefined) => T): void {
    const count = this.stream.number(items.length);
    if (this.loading) items.length = 0;
    for (let i = 0; i < count; i++) {
      const item = exchange(this.loading ? undefined : items[i]);
      if (this.loading) items.push(item);
    }
  }

  /** The items of a queue, in place, like `list`. */
  queue<T>(items: StateQueue<T>, exchange: (item: T | undefined) => T): void {
    const count = this.stream.number(items.length);
    if (this.loading) while (items.length > 0) items.shift();
    for (let i = 0; i < count; i++) {
      const item = exchange(this.loading ? undefined : items.at(i));
      if (this.loading) items.push(item);
    }
  }

  /** The members of a set, in place and in their order, like `list`. */
  set<T>(members: Set<T>, exchange: (member: T | undefined) => T): void {
    const list = [...members];
    this.list(list, exchange);
    if (!this.loading) return;
    members.clear();
    for (const member of list) members.add(member);
  }

  /** The entries of a map, in place and in their order. Keys are numbers that `key` makes relative (default: as they are). */
  map<T>(entries: Map<number, T>, exchange: (value: T | undefined) => T, key: (value: number) => number = (value) => this.number(value)): void {
    const present = [...entries];
    const count = this.stream.number(present.length);
    if (this.loading) entries.clear();
    for (let i = 0; i < count; i++) {
      const name = key(present[i]?.[0] ?? 0);
      const value = exchange(this.loading ? undefined : present[i]![1]);
      if (this.loading) entries.set(name, value);
    }
  }

  private relative(value: number, base: number): number {
    const isNone = this.stream.number(value < 0 || !Number.isFinite(value) ? 1 : 0) !== 0;
    const told = this.stream.number(isNone ? value : value - base);
    if (!this.loading) return value;
    return isNone ? told : told + base;
  }

  private lengthOf(values: NumberArray | boolean[]): void {
    const count = this.stream.number(values.length);
    if (!this.loading || count === values.length) return;
    if (!Array.isArray(values)) throw new ModelError(`a state of ${count} values does not fit into ${values.length}`);
    values.length = count;
  }
}

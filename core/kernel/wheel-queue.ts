import { Heap } from 'heap-js';
import { ModelError } from '../errors.js';
import type { EventQueue, PendingEvent } from './event-queue.js';
import { compareEvents, type HeapEvent } from './heap-queue.js';

const NONE = -1;
const SLOT_COUNT = 4096;
const SLOT_MASK = SLOT_COUNT - 1;
const WORD_COUNT = SLOT_COUNT >>> 5;

/**
 * Timing wheel on typed arrays. The near future (4096 slots) is a ring of slots, each an ordered list threaded through
 * the event pool; insertion walks from the list's tail, so it is nearly always an append. The far future waits in
 * heap-js and moves into the wheel as soon as the window reaches it, before anything newer can be inserted there: that
 * keeps the order exact.
 */
export class WheelQueue implements EventQueue {
  time = 0;
  order = 0;
  handler = 0;
  code = 0;
  arg = 0;

  private readonly slotTicks: number;
  private readonly slotsPerTick: number;
  private readonly horizonTicks: number;

  private readonly head = new Int32Array(SLOT_COUNT).fill(NONE);
  private readonly tail = new Int32Array(SLOT_COUNT).fill(NONE);
  /** One bit a slot, and one bit a word of that, so that an empty stretch is skipped in a few steps. */
  private readonly occupied = new Int32Array(WORD_COUNT);
  private readonly occupiedWords = new Int32Array(WORD_COUNT >>> 5);

  private capacity = 1024;
  private eventTime = new Float64Array(this.capacity);
  private eventOrder = new Int32Array(this.capacity);
  private eventHandler = new Int32Array(this.capacity);
  private eventCode = new Int32Array(this.capacity);
  private eventArg = new Float64Array(this.capacity);
  private next = new Int32Array(this.capacity);
  private previous = new Int32Array(this.capacity);
  private freeHead = 0;

  /** First tick of the current slot, and that slot's place on the ring. */
  private windowTick = 0;
  private windowSlot = 0;
  private nearCount = 0;

  private readonly far = new Heap<HeapEvent>(compareEvents);
  private farSequence = 0;
  private farTime = Infinity;

  /** @param shortestPeriodTicks the shortest clock period of the machine; a slot is the power of two not above it. */
  constructor(shortestPeriodTicks = 1024) {
    this.slotTicks = 2 ** Math.max(0, Math.floor(Math.log2(Math.max(1, shortestPeriodTicks))));
    this.slotsPerTick = 1 / this.slotTicks;
    this.horizonTicks = this.slotTicks * SLOT_COUNT;
    this.threadFreeList(0);
  }

  get size(): number {
    return this.nearCount + this.far.length;
  }

  push(time: number, order: number, handler: number, code: number, arg: number): void {
    const ahead = time - this.windowTick;
    if (ahead >= this.horizonTicks) {
      this.far.push({ time, order, sequence: this.farSequence++, handler, code, arg });
      if (time < this.farTime) this.farTime = time;
      return;
    }
    if (ahead < 0) throw new ModelError(`event at tick ${time} lies before the current window`);
    const event = this.freeHead === NONE ? this.grow() : this.freeHead;
    this.freeHead = this.next[event]!;
    this.eventTime[event] = time;
    this.eventOrder[event] = order;
    this.eventHandler[event] = handler;
    this.eventCode[event] = code;
    this.eventArg[event] = arg;
    this.link(event, (((ahead * this.slotsPerTick) | 0) + this.windowSlot) & SLOT_MASK, time, order);
    this.nearCount++;
  }

  pop(limit: number): boolean {
    let slot = this.windowSlot;
    let event = this.head[slot]!;
    if (event === NONE) {
      if (!this.advance(limit)) return false;
      slot = this.windowSlot;
      event = this.head[slot]!;
    }
    const time = this.eventTime[event]!;
    if (time > limit) return false;
    this.time = time;
    this.order = this.eventOrder[event]!;
    this.handler = this.eventHandler[event]!;
    this.code = this.eventCode[event]!;
    this.arg = this.eventArg[event]!;
    this.unlinkHead(slot, event);
    return true;
  }

  nextTime(): number {
    const event = this.head[this.windowSlot]!;
    if (event !== NONE) return this.eventTime[event]!;
    if (this.nearCount === 0) return this.farTime;
    return this.eventTime[this.head[this.nextOccupiedSlot()]!]!;
  }

  pending(): readonly PendingEvent[] {
    const near: PendingEvent[] = [];
    for (let step = 0; step < SLOT_COUNT && near.length < this.nearCount; step++) {
      for (let event = this.head[(this.windowSlot + step) & SLOT_MASK]!; event !== NONE; event = this.next[event]!) near.push(this.eventAt(event));
    }
    // The far future lies behind everything that is near.
    return [...near, ...this.far.toArray().sort(compareEvents)];
  }

  restart(time: number): void {
    this.head.fill(NONE);
    this.tail.fill(NONE);
    this.occupied.fill(0);
    this.occupiedWords.fill(0);
    this.threadFreeList(0);
    this.far.clear();
    this.farTime = Infinity;
    this.nearCount = 0;
    this.windowTick = Math.floor(time * this.slotsPerTick) * this.slotTicks;
    this.time = time;
  }

  private eventAt(event: number): PendingEvent {
    return {
      time: this.eventTime[event]!,
      order: this.eventOrder[event]!,
      handler: this.eventHandler[event]!,
      code: this.eventCode[event]!,
      arg: this.eventArg[event]!,
    };
  }

  private link(event: number, slot: number, time: number, order: number): void {
    let after = this.tail[slot]!;
    if (after === NONE) this.markOccupied(slot);
    while (after !== NONE && this.isLater(after, time, order)) after = this.previous[after]!;
    const before = after === NONE ? this.head[slot]! : this.next[after]!;
    this.previous[event] = after;
    this.next[event] = before;
    if (after === NONE) this.head[slot] = event;
    else this.next[after] = event;
    if (before === NONE) this.tail[slot] = event;
    else this.previous[before] = event;
  }

  private isLater(event: number, time: number, order: number): boolean {
    const other = this.eventTime[event]!;
    return other > time || (other === time && this.eventOrder[event]! > order);
  }

  private unlinkHead(slot: number, event: number): void {
    const following = this.next[event]!;
    this.head[slot] = following;
    if (following === NONE) {
      this.tail[slot] = NONE;
      this.markEmpty(slot);
    } else {
      this.previous[following] = NONE;
    }
    this.next[event] = this.freeHead;
    this.freeHead = event;
    this.nearCount--;
  }

  /** Moves the window to the next event's slot; false (and no move) when that lies beyond `limit`. */
  private advance(limit: number): boolean {
    if (this.nearCount === 0) {
      if (this.farTime > limit) return false;
      if (this.farTime === Infinity) return false;
      this.windowTick = Math.floor(this.farTime * this.slotsPerTick) * this.slotTicks;
    } else {
      const slot = this.nextOccupiedSlot();
      if (this.eventTime[this.head[slot]!]! > limit) return false;
      this.windowTick += ((slot - this.windowSlot) & SLOT_MASK) * this.slotTicks;
      this.windowSlot = slot;
    }
    if (this.farTime < this.windowTick + this.horizonTicks) this.fetchFar();
    return true;
  }

  private fetchFar(): void {
    const end = this.windowTick + this.horizonTicks;
    let first = this.far.peek();
    while (first !== undefined && first.time < end) {
      this.far.pop();
      this.push(first.time, first.order, first.handler, first.code, first.arg);
      first = this.far.peek();
    }
    this.farTime = first?.time ?? Infinity;
  }

  /** First occupied slot at or after the window's, around the ring. Needs at least one near event. */
  private nextOccupiedSlot(): number {
    const startWord = this.windowSlot >>> 5;
    const inWord = this.occupied[startWord]! & (-1 << (this.windowSlot & 31));
    if (inWord !== 0) return (startWord << 5) + lowestBit(inWord);
    const word = this.nextOccupiedWord((startWord + 1) & (WORD_COUNT - 1));
    return (word << 5) + lowestBit(this.occupied[word]!);
  }

  private nextOccupiedWord(start: number): number {
    const groups = this.occupiedWords.length;
    let group = start >>> 5;
    let bits = this.occupiedWords[group]! & (-1 << (start & 31));
    while (bits === 0) {
      group = group + 1 === groups ? 0 : group + 1;
      bits = this.occupiedWords[group]!;
    }
    return (group << 5) + lowestBit(bits);
  }

  private markOccupied(slot: number): void {
    const word = slot >>> 5;
    this.occupied[word]! |= 1 << (slot & 31);
    this.occupiedWords[word >>> 5]! |= 1 << (word & 31);
  }

  private markEmpty(slot: number): void {
    const word = slot >>> 5;
    this.occupied[word]! &= ~(1 << (slot & 31));
    if (this.occupied[word] === 0) this.occupiedWords[word >>> 5]! &= ~(1 << (word & 31));
  }

  private grow(): number {
    const first = this.capacity;
    this.capacity *= 2;
    this.eventTime = grown(this.eventTime, new Float64Array(this.capacity));
    this.eventArg = grown(this.eventArg, new Float64Array(this.capacity));
    this.eventOrder = grown(this.eventOrder, new Int32Array(this.capacity));
    this.eventHandler = grown(this.eventHandler, new Int32Array(this.capacity));
    this.eventCode = grown(this.eventCode, new Int32Array(this.capacity));
    this.next = grown(this.next, new Int32Array(this.capacity));
    this.previous = grown(this.previous, new Int32Array(this.capacity));
    this.threadFreeList(first);
    return first;
  }

  private threadFreeList(from: number): void {
    for (let index = from; index < this.capacity; index++) this.next[index] = index + 1;
    this.next[this.capacity - 1] = NONE;
    this.freeHead = from;
  }
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

function grown<T extends Float64Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

import { Heap } from 'heap-js';
import type { EventQueue, PendingEvent } from './event-queue.js';

/** One pending event as an object. */
export interface HeapEvent {
  time: number;
  order: number;
  sequence: number;
  handler: number;
  code: number;
  arg: number;
}

/** Total order of events: time, then phase and path rank, then order of insertion. */
export function compareEvents(a: HeapEvent, b: HeapEvent): number {
  return a.time - b.time || a.order - b.order || a.sequence - b.sequence;
}

/** Plain binary heap: the oracle that the timing wheel is tested against. */
export class HeapQueue implements EventQueue {
  time = 0;
  order = 0;
  handler = 0;
  code = 0;
  arg = 0;
  private readonly heap = new Heap<HeapEvent>(compareEvents);
  private sequence = 0;

  get size(): number {
    return this.heap.length;
  }

  push(time: number, order: number, handler: number, code: number, arg: number): void {
    this.heap.push({ time, order, sequence: this.sequence++, handler, code, arg });
  }

  pop(limit: number): boolean {
    const first = this.heap.peek();
    if (first === undefined || first.time > limit) return false;
    this.heap.pop();
    this.time = first.time;
    this.order = first.order;
    this.handler = first.handler;
    this.code = first.code;
    this.arg = first.arg;
    return true;
  }

  nextTime(): number {
    return this.heap.peek()?.time ?? Infinity;
  }

  pending(): readonly PendingEvent[] {
    return this.heap.toArray().sort(compareEvents);
  }

  restart(time: number): void {
    this.heap.clear();
    this.time = time;
  }
}

import type { Allocator } from '../contract.js';

/**
 * Requests of one router's switch: per (input, output) at most one VC asks. A VC of higher priority goes first, then the one
 * that comes first from the input's round-robin pointer.
 */
export class SwitchRequests {
  /** Local VC per input * outputs + output, -1 = none. */
  private readonly vc: Int32Array;
  private readonly priority: Int32Array;
  private readonly used: Int32Array;
  /** Pairs that are asked for. */
  count = 0;
  /** Requests, also those that lost the choice inside their input port. */
  asked = 0;

  constructor(
    inputs: number,
    private readonly outputs: number,
    private readonly numVcs: number,
  ) {
    this.vc = new Int32Array(inputs * outputs).fill(-1);
    this.priority = new Int32Array(inputs * outputs);
    this.used = new Int32Array(inputs * outputs);
  }

  add(input: number, output: number, vc: number, priority: number, pointer: number): void {
    this.asked++;
    const at = input * this.outputs + output;
    const other = this.vc[at]!;
    if (other < 0) this.used[this.count++] = at;
    else if (!this.comesBefore(vc, priority, other, this.priority[at]!, pointer)) return;
    this.vc[at] = vc;
    this.priority[at] = priority;
  }

  vcOf(input: number, output: number): number {
    return this.vc[input * this.outputs + output]!;
  }

  offer(allocator: Allocator): void {
    for (let index = 0; index < this.count; index++) {
      const at = this.used[index]!;
      const input = Math.floor(at / this.outputs);
      const priority = this.priority[at]!;
      allocator.addRequest(input, at - input * this.outputs, priority, priority);
    }
  }

  clear(): void {
    for (let index = 0; index < this.count; index++) this.vc[this.used[index]!] = -1;
    this.count = 0;
    this.asked = 0;
  }

  private comesBefore(vc: number, priority: number, other: number, otherPriority: number, pointer: number): boolean {
    if (priority !== otherPriority) return priority > otherPriority;
    const distance = (index: number): number => (index - pointer + this.numVcs) % this.numVcs;
    return distance(vc) < distance(other);
  }
}

import { InputError } from 'tessera-sim';
import { M } from './assembly/parameters.js';
import { newMemory, type WasmMemory } from './web-assembly.js';

const PAGE_WORDS = 2 ** 14;
/** 1 GiB; words are numbered with 30 bits, four times as many. */
const MOST_WORDS = 2 ** 28;
const LINE_WORDS = 16;

/** A network's memory: tables one after the other, the packets last because they grow. Views are new after growth: do not keep them. */
export class NetworkMemory {
  readonly memory: WasmMemory;
  words: Int32Array;
  halves: Int16Array;
  doubles: Float64Array;
  private next: number = M.FIRST_TABLE;

  constructor() {
    this.memory = reserve();
    this.words = new Int32Array(this.memory.buffer);
    this.halves = new Int16Array(this.memory.buffer);
    this.doubles = new Float64Array(this.memory.buffer);
  }

  /** Place of a new table, all zero, at the beginning of a cache line. Throws InputError when no such network can be held. */
  take(words: number): number {
    const at = this.next;
    this.next = LINE_WORDS * Math.ceil((at + words) / LINE_WORDS);
    this.reach(this.next);
    return at;
  }

  /** Make the last table longer. */
  extend(words: number): void {
    this.next += words;
    this.reach(this.next);
  }

  private reach(words: number): void {
    if (words <= this.words.length) return;
    if (words > MOST_WORDS)
      throw new InputError({
        path: 'k',
        message: `a network of ${(words / 2 ** 28).toFixed(1)} GiB is too large`,
        expected: 'at most 1 GiB: fewer routers, virtual channels or buffers',
      });
    this.memory.grow(Math.ceil((words - this.words.length) / PAGE_WORDS));
    this.words = new Int32Array(this.memory.buffer);
    this.halves = new Int16Array(this.memory.buffer);
    this.doubles = new Float64Array(this.memory.buffer);
  }
}

/** An engine may set aside gigabytes of addresses (not of memory) for each, so that no access needs a check. */
function reserve(): WasmMemory {
  try {
    return newMemory(1);
  } catch {
    throw new InputError({
      message: 'cannot set aside the address space for a flit-level network',
      expected: 'about 12 GB of addresses a network (not of memory): raise `ulimit -v`',
    });
  }
}

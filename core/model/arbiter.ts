import type { StateExchange } from '../kernel/state.js';

/** Chooses one of several requesters. Candidates are given by index; -1 means that none wants to go. */
export interface Arbiter {
  /**
   * @param wants whether requester i asks
   * @param key   meaning depends on the arbiter: priority (higher first) or tick of arrival (older first)
   */
  choose(wants: ArrayLike<boolean | number>, key?: ArrayLike<number>): number;
  /** Absent when it keeps nothing between two choices. */
  state?(s: StateExchange): void;
}

/** The winner goes to the back of the circle. */
export class RoundRobinArbiter implements Arbiter {
  private nextIndex = 0;

  constructor(private readonly size: number) {}

  choose(wants: ArrayLike<boolean | number>): number {
    let index = this.nextIndex;
    for (let step = 0; step < this.size; step++) {
      if (wants[index]) {
        this.nextIndex = index + 1 === this.size ? 0 : index + 1;
        return index;
      }
      index = index + 1 === this.size ? 0 : index + 1;
    }
    return -1;
  }

  state(s: StateExchange): void {
    this.nextIndex = s.number(this.nextIndex);
  }
}

/** Highest key first, lowest index among equals. */
export class PriorityArbiter implements Arbiter {
  choose(wants: ArrayLike<boolean | number>, key: ArrayLike<number> = []): number {
    let best = -1;
    for (let index = 0; index < wants.length; index++) {
      if (wants[index] && (best < 0 || (key[index] ?? 0) > (key[best] ?? 0))) best = index;
    }
    return best;
  }
}

/** Smallest key (tick of arrival) first, lowest index among equals. */
export class AgeArbiter implements Arbiter {
  choose(wants: ArrayLike<boolean | number>, key: ArrayLike<number> = []): number {
    let best = -1;
    for (let index = 0; index < wants.length; index++) {
      if (wants[index] && (best < 0 || (key[index] ?? 0) < (key[best] ?? 0))) best = index;
    }
    return best;
  }
}

export type ArbiterName = 'round-robin' | 'priority' | 'age';

export function makeArbiter(name: ArbiterName, size: number): Arbiter {
  if (name === 'round-robin') return new RoundRobinArbiter(size);
  return name === 'priority' ? new PriorityArbiter() : new AgeArbiter();
}

import type { StateExchange, Transaction } from 'tessera-sim';

/** A member of a group and the node at which it leaves. */
export interface Target {
  readonly message: Transaction;
  readonly node: number;
}

export interface GroupTargets {
  /** One at each node, in the order in which they are named. */
  readonly targets: readonly Target[];
  /** Further members of nodes that have one already (another die behind it): they follow one by one. */
  readonly followers: readonly Transaction[];
}

/** Whom the copies of a group's message go to. */
export function firstAtEachNode(members: readonly Transaction[], exitOf: (message: Transaction) => number): GroupTargets {
  const targets: Target[] = [];
  const followers: Transaction[] = [];
  for (const message of members) {
    const node = exitOf(message);
    if (targets.some((target) => target.node === node)) followers.push(message);
    else targets.push({ message, node });
  }
  return { targets, followers };
}

/** Targets of a group, for a state. */
export function exchangeTargets(s: StateExchange, targets: readonly Target[]): readonly Target[] {
  const list = [...targets];
  s.list(list, (target) => ({ message: s.transaction(target?.message), node: s.number(target?.node ?? 0) }));
  return list;
}

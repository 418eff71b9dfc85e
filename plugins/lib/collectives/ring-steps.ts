import type { CollectiveStep } from 'tessera-sim';

/** Participants in a ring, each with the parts that are its own; `partsOf[i]` belongs to `members[i]`. */
export interface Ring {
  readonly members: readonly number[];
  readonly partsOf: readonly (readonly number[])[];
}

/** Bounds of runs of consecutive numbers: what can move as one region. */
function runsOf(parts: readonly number[]): { first: number; end: number }[] {
  const runs: { first: number; end: number }[] = [];
  for (const part of [...parts].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last?.end === part) last.end++;
    else runs.push({ first: part, end: part + 1 });
  }
  return runs;
}

/**
 * m - 1 rounds: in round s member k passes the chunk of member k - s - 1 on to the next, which adds its own. In the end every
 * member has the sum of its own chunk (Patarasuk and Yuan, JPDC 69, 2009).
 */
export function* ringReduceScatter({ members, partsOf }: Ring, isMove: boolean): Generator<CollectiveStep> {
  const size = members.length;
  for (let round = 0; round < size - 1; round++) {
    for (let k = 0; k < size; k++) {
      const chunk = partsOf[(k - round - 1 + size) % size] ?? [];
      for (const run of runsOf(chunk)) yield { from: at(members, k), to: [at(members, k + 1)], ...run, action: 'add', isMove };
    }
  }
}

/** m - 1 rounds: in round s member k passes the chunk of member k - s on to the next. */
export function* ringAllGather({ members, partsOf }: Ring): Generator<CollectiveStep> {
  const size = members.length;
  for (let round = 0; round < size - 1; round++) {
    for (let k = 0; k < size; k++) {
      const chunk = partsOf[(k - round + size) % size] ?? [];
      for (const run of runsOf(chunk)) yield { from: at(members, k), to: [at(members, k + 1)], ...run, action: 'copy' };
    }
  }
}

/** The first member's `parts` parts pass down the line, one behind the other: member h sends part t - h in wave t. */
export function* chainBroadcast(members: readonly number[], parts: number): Generator<CollectiveStep> {
  const hops = members.length - 1;
  for (let wave = 0; wave < parts + hops - 1; wave++) {
    for (let hop = 0; hop < hops; hop++) {
      const part = wave - hop;
      if (part < 0 || part >= parts) continue;
      yield { from: at(members, hop), to: [at(members, hop + 1)], first: part, end: part + 1, action: 'copy' };
    }
  }
}

function at(members: readonly number[], index: number): number {
  return members[index % members.length] ?? 0;
}

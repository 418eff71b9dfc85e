import { definePlugin } from 'tessera-sim';
import { collectiveAlgorithms, type CollectiveAlgorithm, type CollectiveProblem, type CollectiveStep } from 'tessera-sim/collectives';

/**
 * Rounds of a binomial tree over 0 .. p-1 with root 0, from the root down: in the round of distance d every multiple of 2d
 * talks to the one d further on, which stands for `child` .. `child + d - 1`. Upwards the rounds go the other way round.
 */
function roundsOf(p: number): { parent: number; child: number; childEnd: number }[][] {
  const rounds: { parent: number; child: number; childEnd: number }[][] = [];
  for (let distance = 1; distance < p; distance *= 2) {
    const round = [];
    for (let parent = 0; parent + distance < p; parent += 2 * distance) {
      round.push({ parent, child: parent + distance, childEnd: Math.min(p, parent + 2 * distance) });
    }
    rounds.unshift(round);
  }
  return rounds;
}

function* reduce(p: number, isMove: boolean): Generator<CollectiveStep> {
  for (const { parent, child } of roundsOf(p).reverse().flat()) yield { from: child, to: [parent], first: 0, end: p, action: 'add', isMove };
}

function* gather(p: number): Generator<CollectiveStep> {
  for (const { parent, child, childEnd } of roundsOf(p).reverse().flat()) yield { from: child, to: [parent], first: child, end: childEnd, action: 'copy' };
}

function* scatter(p: number): Generator<CollectiveStep> {
  for (const { parent, child, childEnd } of roundsOf(p).flat()) yield { from: parent, to: [child], first: child, end: childEnd, action: 'copy', isMove: true };
}

/** @param root takes the place of participant 0; the others move up. */
function* broadcast(p: number, root: number): Generator<CollectiveStep> {
  for (const { parent, child } of roundsOf(p).flat()) {
    yield { from: (parent + root) % p, to: [(child + root) % p], first: 0, end: p, action: 'copy' };
  }
}

/** After `gather`: a child has its own parts and those below it; it gets the others, so that nothing is written that somebody may be reading. */
function* complete(p: number): Generator<CollectiveStep> {
  for (const { parent, child, childEnd } of roundsOf(p).flat()) {
    yield { from: parent, to: [child], first: 0, end: child, action: 'copy' };
    if (childEnd < p) yield { from: parent, to: [child], first: childEnd, end: p, action: 'copy' };
  }
}

function* steps({ operator, participants: p, root }: CollectiveProblem): Generator<CollectiveStep> {
  if (operator === 'all-reduce' || operator === 'reduce-scatter') yield* reduce(p, operator === 'reduce-scatter');
  if (operator === 'reduce-scatter') yield* scatter(p);
  if (operator === 'all-gather') yield* gather(p);
  if (operator === 'all-gather') yield* complete(p);
  if (operator === 'all-reduce') yield* broadcast(p, 0);
  if (operator === 'broadcast') yield* broadcast(p, root);
}

const treeCollective = definePlugin<CollectiveAlgorithm>({
  kind: 'extension',
  point: collectiveAlgorithms,
  name: 'tree',
  version: '1.1.0',
  summary: 'Collectives over a binomial tree: log2(p) rounds up and down, each with all the data; for small ones',
  value: { operators: ['all-reduce', 'all-gather', 'reduce-scatter', 'broadcast'], steps },
});

export default treeCollective;

import { definePlugin } from 'tessera-sim';
import {
  collectiveAlgorithms,
  multicastAllGather,
  others,
  type CollectiveAlgorithm,
  type CollectiveProblem,
  type CollectiveStep,
} from 'tessera-sim/collectives';

/** Round s: participant k sends to k + s, so that nobody is sent to by two at once. */
function* exchanges(p: number): Generator<{ from: number; to: number }> {
  for (let distance = 1; distance < p; distance++) {
    for (let from = 0; from < p; from++) yield { from, to: (from + distance) % p };
  }
}

function* reduceScatter(p: number, isMove: boolean): Generator<CollectiveStep> {
  for (const { from, to } of exchanges(p)) yield { from, to: [to], first: to, end: to + 1, action: 'add', isMove };
}

function* allToAll(p: number): Generator<CollectiveStep> {
  for (const { from, to } of exchanges(p)) yield { from, to: [to], first: from * p + to, end: from * p + to + 1, action: 'copy', isMove: true };
}

function* steps({ operator, participants: p, root }: CollectiveProblem): Generator<CollectiveStep> {
  if (operator === 'all-reduce' || operator === 'reduce-scatter') yield* reduceScatter(p, operator === 'reduce-scatter');
  if (operator === 'all-reduce' || operator === 'all-gather') yield* multicastAllGather(p);
  if (operator === 'all-to-all') yield* allToAll(p);
  if (operator === 'broadcast') yield { from: root, to: others(p, root), first: 0, end: p, action: 'copy' };
}

const directCollective = definePlugin<CollectiveAlgorithm>({
  kind: 'extension',
  point: collectiveAlgorithms,
  name: 'direct',
  version: '1.0.0',
  summary: 'Collectives in one round: everybody sends to everybody, gathers and broadcasts as multicasts',
  value: { operators: ['all-reduce', 'all-gather', 'reduce-scatter', 'all-to-all', 'broadcast'], steps },
});

export default directCollective;

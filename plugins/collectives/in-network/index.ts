import { definePlugin } from '../../../core/index.js';
import { collectiveAlgorithms, type CollectiveAlgorithm, type CollectiveProblem, type CollectiveStep } from '../shared/api.js';

/** Everybody else, each participant's own next first, so that not all engines begin at the same memory. */
function others(p: number, from: number): number[] {
  return Array.from({ length: p - 1 }, (_, index) => (from + index + 1) % p);
}

/** Everybody reads his part of all and writes the sum into his own. */
function* reduceScatter(p: number, isMove: boolean): Generator<CollectiveStep> {
  for (let who = 0; who < p; who++) yield { from: who, sources: [who, ...others(p, who)], to: [who], first: who, end: who + 1, action: 'reduce', isMove };
}

/** One read, written to all others: a multicast. */
function* allGather(p: number): Generator<CollectiveStep> {
  for (let from = 0; from < p; from++) yield { from, to: others(p, from), first: from, end: from + 1, action: 'copy' };
}

function* steps({ operator, participants: p, root }: CollectiveProblem): Generator<CollectiveStep> {
  if (operator === 'all-reduce' || operator === 'reduce-scatter') yield* reduceScatter(p, operator === 'reduce-scatter');
  if (operator === 'all-reduce' || operator === 'all-gather') yield* allGather(p);
  if (operator === 'broadcast') yield { from: root, to: others(p, root), first: 0, end: p, action: 'copy' };
}

export const inNetworkCollective = definePlugin<CollectiveAlgorithm>({
  kind: 'extension',
  point: collectiveAlgorithms,
  name: 'in-network',
  version: '1.0.0',
  summary: 'Collectives by reductions and multicasts that the network carries out: each link carries the data once, no core adds',
  value: { operators: ['all-reduce', 'all-gather', 'reduce-scatter', 'broadcast'], steps },
});

export default inNetworkCollective;

import { definePlugin } from 'tessera-sim';
import {
  collectiveAlgorithms,
  multicastAllGather,
  others,
  type CollectiveAlgorithm,
  type CollectiveProblem,
  type CollectiveStep,
} from 'tessera-sim/collectives';

/** Everybody reads his part of all and writes the sum into his own. */
function* reduceScatter(p: number, isMove: boolean): Generator<CollectiveStep> {
  for (let who = 0; who < p; who++) yield { from: who, sources: [who, ...others(p, who)], to: [who], first: who, end: who + 1, action: 'reduce', isMove };
}

function* steps({ operator, participants: p, root }: CollectiveProblem): Generator<CollectiveStep> {
  if (operator === 'all-reduce' || operator === 'reduce-scatter') yield* reduceScatter(p, operator === 'reduce-scatter');
  if (operator === 'all-reduce' || operator === 'all-gather') yield* multicastAllGather(p);
  if (operator === 'broadcast') yield { from: root, to: others(p, root), first: 0, end: p, action: 'copy' };
}

const inNetworkCollective = definePlugin<CollectiveAlgorithm>({
  kind: 'extension',
  point: collectiveAlgorithms,
  name: 'in-network',
  version: '1.0.0',
  summary: 'Collectives by reductions and multicasts that the network carries out: each link carries the data once, no core adds',
  value: { operators: ['all-reduce', 'all-gather', 'reduce-scatter', 'broadcast'], steps },
});

export default inNetworkCollective;

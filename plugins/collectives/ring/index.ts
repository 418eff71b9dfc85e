import { definePlugin } from 'tessera-sim';
import {
  chainBroadcast,
  collectiveAlgorithms,
  ringAllGather,
  ringReduceScatter,
  type CollectiveAlgorithm,
  type CollectiveProblem,
  type CollectiveStep,
} from 'tessera-sim/collectives';

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** Round s: everybody passes on what is not yet where it belongs; what came from s places back and has further to go. */
function* ringAllToAll(p: number): Generator<CollectiveStep> {
  for (let round = 0; round < p - 1; round++) {
    for (let k = 0; k < p; k++) {
      const source = (k - round + p) % p;
      for (let distance = round + 1; distance < p; distance++) {
        const part = source * p + ((source + distance) % p);
        yield { from: k, to: [(k + 1) % p], first: part, end: part + 1, action: 'copy', isMove: true };
      }
    }
  }
}

function* steps({ operator, participants, root }: CollectiveProblem): Generator<CollectiveStep> {
  const members = range(participants);
  const ring = { members, partsOf: members.map((member) => [member]) };
  if (operator === 'all-reduce' || operator === 'reduce-scatter') yield* ringReduceScatter(ring, operator === 'reduce-scatter');
  if (operator === 'all-reduce' || operator === 'all-gather') yield* ringAllGather(ring);
  if (operator === 'all-to-all') yield* ringAllToAll(participants);
  if (operator === 'broadcast')
    yield* chainBroadcast(
      members.map((member) => (member + root) % participants),
      participants,
    );
}

const ringCollective = definePlugin<CollectiveAlgorithm>({
  kind: 'extension',
  point: collectiveAlgorithms,
  name: 'ring',
  version: '1.0.0',
  summary: 'Collectives round a ring of participants: everybody talks to the next only, and sends 2 (p-1)/p of the data in an all-reduce',
  value: { operators: ['all-reduce', 'all-gather', 'reduce-scatter', 'all-to-all', 'broadcast'], steps },
});

export default ringCollective;

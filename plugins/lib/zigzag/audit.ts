import type { AuditSubject, CapacityDemand, ResourceDemand } from 'tessera-sim';
import { memoriesOf } from './buffers.js';
import type { ZigzagEvaluation } from './evaluate.js';
import type { Link } from './ports.js';

/** What the mapping demands: steps of the array, and the words that one replica of each memory moves through each port, one word a cycle. */
export function zigzagDemands(evaluation: ZigzagEvaluation, layer?: string): ResourceDemand[] {
  const of = layer === undefined ? {} : { layer };
  const steps: ResourceDemand = { ...of, resource: 'array', kind: 'compute', amount: evaluation.latency.idealGivenSpatialMapping, unit: 'cycles', perCycle: 1 };
  const ports = evaluation.ports.flatMap(({ memory, port, links }): ResourceDemand[] => {
    const amounts = links.map((link) => [`${link.movement.operand.name} ${WORDS[link.direction]}`, wordsOfReplica(evaluation, link)] as const);
    const amount = amounts.reduce((all, [, words]) => all + words, 0);
    if (amount === 0) return [];
    const parts = amounts.map(([name, words]) => `${name} ${words.toLocaleString('en-US', { maximumFractionDigits: 1 })}`).join(' + ');
    return [{ ...of, resource: `${memory.name} ${port.name}`, kind: 'port', amount, unit: 'words', perCycle: 1, parts }];
  });
  return [steps, ...ports];
}

const WORDS = { rd_out_to_low: 'read down', wr_in_by_low: 'written from below', rd_out_to_high: 'read up', wr_in_by_high: 'written from above' } as const;

/** Words are counted with fractional unrollings, as energy is: that many replicas share them. */
function wordsOfReplica({ fractional, words }: ZigzagEvaluation, { movement, level, direction }: Link): number {
  const { unrolling } = fractional.find(({ operand }) => operand === movement.operand)!;
  return words[movement.operand.name]![level]![direction] / unrolling.units[level + 1]!;
}

/** What one replica of each memory must hold at once. */
export function zigzagCapacities({ core, fractional }: ZigzagEvaluation, layer?: string): CapacityDemand[] {
  return core.memories.flatMap((memory): CapacityDemand[] => {
    const held = fractional.flatMap(({ operand, tileBits, levels }) => {
      const level = memoriesOf(core, operand.memoryOperand).indexOf(memory);
      return level < 0 || level >= levels.length ? [] : [[operand.name, tileBits[level + 1]! / 8] as const];
    });
    if (held.length === 0) return [];
    return [
      {
        ...(layer === undefined ? {} : { layer }),
        resource: memory.name,
        bytes: held.reduce((all, [, bytes]) => all + bytes, 0),
        capacityBytes: memory.sizeBits / 8,
        parts: held.map(([name, bytes]) => `${name} ${bytes}`).join(' + '),
      },
    ];
  });
}

/** The largest bound, in cycles, and what it comes from. */
export function zigzagBound(evaluation: ZigzagEvaluation): { readonly cycles: number; readonly resource: string } {
  return zigzagDemands(evaluation)
    .map(({ amount, perCycle, resource }) => ({ cycles: amount / perCycle, resource }))
    .reduce((best, bound) => (bound.cycles > best.cycles ? bound : best));
}

export function zigzagAudit(name: string, evaluation: ZigzagEvaluation, estimatedCycles: number | undefined): AuditSubject {
  return {
    name,
    estimator: 'zigzag',
    ...(estimatedCycles === undefined ? {} : { estimatedCycles }),
    demands: zigzagDemands(evaluation),
    capacities: zigzagCapacities(evaluation),
  };
}

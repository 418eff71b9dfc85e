import type { AuditSubject, CapacityDemand, ResourceDemand } from 'tessera-sim';
import { evaluateTileflow, type TileflowEvaluation } from './evaluate.js';
import { macsOf, type TileflowCase, type TileflowMachine } from './form.js';

/** What the tree demands: operations of all multipliers, words of all instances of each memory that has a rate. */
export function tileflowDemands(subject: TileflowCase, evaluation: TileflowEvaluation = evaluateTileflow(subject)): ResourceDemand[] {
  const { machine, problem } = subject;
  const work = problem.operations.map((operation) => [operation.name, macsOf(problem, operation)] as const);
  const array: ResourceDemand = {
    resource: 'array',
    kind: 'compute',
    amount: work.reduce((all, [, macs]) => all + macs, 0),
    unit: 'MACs',
    perCycle: machine.macs.instances,
    parts: work.map(([name, macs]) => `${name} ${macs.toLocaleString('en-US')}`).join(' + '),
  };
  return [array, ...machine.levels.flatMap((level) => demandsOf(level, evaluation))];
}

function demandsOf(level: TileflowMachine['levels'][number], { levels }: TileflowEvaluation): ResourceDemand[] {
  const { totalReads, totalWrites, tensorReads } = levels[level.name]!;
  const { name, instances, readRate, writeRate, sharedRate } = level;
  const demand = (what: string, amount: number, rate: number | undefined): ResourceDemand[] =>
    rate === undefined || amount === 0
      ? []
      : [
          {
            resource: `${name} ${what}`,
            kind: 'memory',
            amount,
            unit: 'words',
            perCycle: rate * instances,
            ...(what === 'read' && instances === 1 ? { parts: parts(tensorReads) } : {}),
          },
        ];
  return [
    ...demand('read', totalReads, readRate),
    ...demand('write', totalWrites, writeRate),
    ...demand('read and write', totalReads + totalWrites, sharedRate),
  ];
}

const parts = (tensors: Readonly<Record<string, number>>): string =>
  Object.entries(tensors)
    .filter(([, words]) => words > 0)
    .map(([name, words]) => `${name} ${words.toLocaleString('en-US')}`)
    .join(' + ');

/** The most that one instance of each memory holds in a tile, where its size is known. */
export function tileflowCapacities({ machine }: TileflowCase, { levels }: TileflowEvaluation): CapacityDemand[] {
  return machine.levels.flatMap(({ name, words, wordBits }) =>
    words === undefined ? [] : [{ resource: name, bytes: (levels[name]!.largestTile * wordBits) / 8, capacityBytes: (words * wordBits) / 8 }],
  );
}

/** The largest bound in cycles, and of what. */
export function tileflowBound(demands: readonly ResourceDemand[]): { readonly cycles: number; readonly resource: string } {
  return demands
    .map(({ amount, perCycle, resource }) => ({ cycles: amount / perCycle, resource }))
    .reduce((best, bound) => (bound.cycles > best.cycles ? bound : best));
}

export function tileflowAudit(subject: TileflowCase, estimatedCycles: number | undefined): AuditSubject {
  const evaluation = evaluateTileflow(subject);
  return {
    name: subject.id,
    estimator: 'tileflow',
    ...(estimatedCycles === undefined ? {} : { estimatedCycles }),
    demands: tileflowDemands(subject, evaluation),
    capacities: tileflowCapacities(subject, evaluation),
  };
}

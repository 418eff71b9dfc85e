import type { Estimate, LayerResult } from 'tessera-sim';
import { tileflowBound, tileflowDemands } from './audit.js';
import { evaluateTileflow } from './evaluate.js';
import { macsOf, type TileflowCase } from './form.js';

export interface TileflowSaid {
  readonly cycles: number;
  readonly energyPj?: number;
}

/** The tool's own result, or without one that of its model. `physical`: not below what the memories and multipliers can do. */
export function tileflowEstimate(subject: TileflowCase, said?: TileflowSaid, physical = false, frequencyHz = 1e9): Estimate {
  const evaluation = evaluateTileflow(subject);
  const { problem } = subject;
  const stated = said?.cycles ?? evaluation.cycles;
  const bound = tileflowBound(tileflowDemands(subject, evaluation));
  const raised = physical && bound.cycles > stated;
  const cycles = raised ? Math.ceil(bound.cycles) : stated;
  const busy = Object.values(evaluation.operations).reduce((all, each) => all + each, 0);
  const layers = problem.operations.map((operation): LayerResult => {
    const own = evaluation.operations[operation.name]!;
    return {
      layer: operation.name,
      operator: operation.ins.length > 1 ? 'matmul' : 'vector',
      macs: operation.ins.length > 1 ? macsOf(problem, operation) : 0,
      cycles: (cycles * own) / busy,
      computeCycles: own,
    };
  });
  return {
    estimator: 'tileflow',
    notes: [
      said === undefined
        ? "worked out by TileFlow's model: no result of the tool was named"
        : "TileFlow's own result; layers share it by the cycles of their multipliers",
      'each memory draws out what is below it by its own rates; no latencies, networks or banks',
      ...(raised ? [`raised from ${stated} to the ${cycles} cycles of ${bound.resource}`] : []),
    ],
    cycles,
    seconds: cycles / frequencyHz,
    ...(said?.energyPj === undefined ? {} : { energyPj: said.energyPj }),
    layers,
    resources: [],
  };
}

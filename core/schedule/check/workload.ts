import type { Layer, Workload } from '../../workload/layer.js';
import { operatorName } from '../../workload/operator-name.js';
import type { ScheduleHeader, ScheduleLayer } from '../form/form.js';
import { foldedTensors, type FoldedTensor } from './folded.js';
import { missingLayers } from './missing-layers.js';
import type { TensorOfOperand } from './tensor-of-operand.js';
import type { ViolationLog } from './violations.js';
import { compareOperands } from './workload-operands.js';

export interface Beside {
  readonly workload: Workload;
  readonly header: ScheduleHeader;
  readonly tensorOf: TensorOfOperand;
  /** Whether an operation computes part of a layer. */
  readonly isComputed: (layer: string) => boolean;
  /** Whether an operation speaks of a tensor. */
  readonly isUsed: (tensor: string) => boolean;
  readonly log: ViolationLog;
}

/** Holds a schedule against the workload that stands beside it: the same layers, with the same loops and maps, on the same tensors. */
export function checkWorkload({ workload, header, tensorOf, isComputed, isUsed, log }: Beside): void {
  const layers = header.layers ?? {};
  const wanted = new Map(workload.layers.map((layer) => [layer.name, layer]));
  for (const [name, layer] of Object.entries(layers)) {
    const known = wanted.get(name);
    if (known === undefined) report(log, name, `the workload has no layer '${name}'`, [...wanted.keys()].slice(0, 8).join(', '));
    else compareLayers(name, layer, known, log);
  }
  const present = new Set(workload.layers.map(({ name }) => name).filter((name) => Object.hasOwn(layers, name) || isComputed(name)));
  for (const layer of missingLayers(workload, header, present, tensorOf, isUsed))
    report(log, layer, `no operation computes layer '${layer}' of the workload, which is not in the schedule`, 'every layer that computes');
  const folded = foldedTensors(workload, present);
  compareOperands(workload, header, tensorOf, folded, (layer, message, expected) => report(log, layer, message, expected));
  compareTensors(workload, present, layers, tensorOf, folded, log);
}

function compareLayers(name: string, { operator, loops }: ScheduleLayer, known: Layer, log: ViolationLog): void {
  if (operatorName(operator) !== operatorName(known.operator))
    report(log, name, `layer '${name}' has operator '${operator}', in the workload '${known.operator}'`, known.operator);
  const [mine, theirs] = [sizesOf(loops), sizesOf(known.loops)];
  if (mine !== theirs) report(log, name, `layer '${name}' has loops ${mine}, in the workload ${theirs}`, theirs);
}

/** Loops of one step mean nothing, and names mean nothing but through maps. */
function sizesOf(loops: Readonly<Record<string, number>>): string {
  const sizes = Object.values(loops).filter((size) => size > 1);
  return sizes.sort((a, b) => a - b).join(' x ') || '1';
}

/** A tensor of the workload is one tensor of the schedule, whichever layer makes or reads it, and no other one is the same. */
function compareTensors(
  workload: Workload,
  present: ReadonlySet<string>,
  layers: Readonly<Record<string, ScheduleLayer>>,
  tensorOf: TensorOfOperand,
  folded: FoldedTensor,
  log: ViolationLog,
): void {
  const placed = new Map<string, { tensor: string; layer: string; operand: string }>();
  const owners = new Map<string, string>();
  for (const { name, operands } of workload.layers) {
    if (!present.has(name)) continue;
    for (const operand of operands) {
      const tensor = tensorOf(name, operand.name);
      if (tensor === undefined || layers[name]?.operands?.[operand.name]?.map.kind === 'chain') continue;
      const theirs = operand.role === 'output' ? folded(operand.tensor, tensor) : operand.tensor;
      const known = placed.get(theirs);
      const owner = owners.get(tensor);
      if (known === undefined) placed.set(theirs, { tensor, layer: name, operand: operand.name });
      if (owner === undefined) owners.set(tensor, theirs);
      if (known !== undefined && known.tensor !== tensor) {
        const what = `operand ${operand.name} of layer '${name}' is tensor '${tensor}', but in the workload it is operand ${known.operand} of layer '${known.layer}', here tensor '${known.tensor}'`;
        report(log, name, what, `tensor ${known.tensor}`);
      } else if (owner !== undefined && owner !== theirs) {
        const what = `operand ${operand.name} of layer '${name}' is tensor '${tensor}', which is '${owner}' of the workload, not '${theirs}'`;
        report(log, name, what, `the tensor that holds '${theirs}'`);
      }
    }
  }
}

function report(log: ViolationLog, layer: string, message: string, expected: string): void {
  log.report({ rule: 'workload-mismatch', message, advice: `make schedule and workload agree: ${expected}`, operations: [], layer });
}

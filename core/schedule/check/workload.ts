import type { Layer, Workload } from '../../workload/layer.js';
import { operatorName } from '../../workload/operator-name.js';
import type { ScheduleHeader, ScheduleLayer } from '../form/form.js';
import type { ViolationLog } from './violations.js';

/** Tensor that an operand of a layer is in the schedule; undefined when nothing says so. */
export type TensorOfOperand = (layer: string, operand: string) => string | undefined;

/** Holds a schedule against the workload that stands beside it: the same layers, with the same loops, on the same tensors. */
export function checkWorkload(workload: Workload, header: ScheduleHeader, tensorOf: TensorOfOperand, log: ViolationLog): void {
  const layers = header.layers ?? {};
  if (Object.keys(layers).length === 0) return;
  const wanted = new Map(workload.layers.map((layer) => [layer.name, layer]));
  for (const [name, layer] of Object.entries(layers)) {
    const known = wanted.get(name);
    if (known === undefined) report(log, name, `the workload has no layer '${name}'`, [...wanted.keys()].slice(0, 8).join(', '));
    else compareLayers(name, layer, known, log);
  }
  for (const { name, class: kind } of workload.layers)
    if (kind === 'mac' && !Object.hasOwn(layers, name))
      report(log, name, `layer '${name}' of the workload is not in the schedule`, 'every layer that computes');
  compareTensors(workload, layers, tensorOf, log);
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
function compareTensors(workload: Workload, layers: Readonly<Record<string, ScheduleLayer>>, tensorOf: TensorOfOperand, log: ViolationLog): void {
  const placed = new Map<string, { tensor: string; layer: string; operand: string }>();
  const owners = new Map<string, string>();
  for (const { name, operands } of workload.layers) {
    if (!Object.hasOwn(layers, name)) continue;
    for (const operand of operands) {
      const tensor = tensorOf(name, operand.name);
      if (tensor === undefined || layers[name]!.operands?.[operand.name]?.map.kind === 'chain') continue;
      const known = placed.get(operand.tensor);
      const owner = owners.get(tensor);
      if (known === undefined) placed.set(operand.tensor, { tensor, layer: name, operand: operand.name });
      if (owner === undefined) owners.set(tensor, operand.tensor);
      if (known !== undefined && known.tensor !== tensor) {
        const what = `operand ${operand.name} of layer '${name}' is tensor '${tensor}', but in the workload it is operand ${known.operand} of layer '${known.layer}', here tensor '${known.tensor}'`;
        report(log, name, what, `tensor ${known.tensor}`);
      } else if (owner !== undefined && owner !== operand.tensor) {
        const what = `operand ${operand.name} of layer '${name}' is tensor '${tensor}', which is '${owner}' of the workload, not '${operand.tensor}'`;
        report(log, name, what, `the tensor that holds '${operand.tensor}'`);
      }
    }
  }
}

function report(log: ViolationLog, layer: string, message: string, expected: string): void {
  log.report({ rule: 'workload-mismatch', message, advice: `make schedule and workload agree: ${expected}`, operations: [], layer });
}

import { clone, type Plan } from './schedule-text.js';
import { setAfter } from './mutator/tools.js';

/** The fewest operations of a schedule of which `holds` is still true: groups are left out, then single ones, and layers, tensors and buffers. */
export async function reduce(plan: Plan, holds: (candidate: Plan) => Promise<boolean>): Promise<Plan> {
  let kept = plan;
  const attempt = async (change: (next: Plan) => void): Promise<boolean> => {
    const next = clone(kept);
    change(next);
    tidy(next);
    if (JSON.stringify(next) === JSON.stringify(kept) || !(await holds(next))) return false;
    kept = next;
    return true;
  };
  await attempt((next) => void (next.isRolled = false));
  for (let changed = true; changed;) {
    changed = false;
    for (const layer of Object.keys(kept.layers))
      changed =
        (await attempt((next) => {
          // What it made is there from the start.
          const { operands } = next.layers[layer]!;
          const result = operands === undefined ? next.standard[layer]!['O']! : Object.values(operands).find(({ role }) => role === 'output')!.tensor;
          next.tensors[result]!.role = 'input';
          delete next.layers[layer];
          next.operations = next.operations.filter((operation) => operation.layer !== layer);
        })) || changed;
    for (const [name, tensor] of Object.entries(kept.tensors))
      if (tensor.role === 'output') changed = (await attempt((next) => void (next.tensors[name]!.role = 'intermediate'))) || changed;
    for (let size = Math.ceil(kept.operations.length / 2); size >= 1; size = Math.floor(size / 2))
      for (let at = kept.operations.length - size; at >= 0; at -= size) changed = (await attempt((next) => void next.operations.splice(at, size))) || changed;
    for (const operation of kept.operations)
      for (const key of ['releases', 'after'] as const)
        if (operation[key] !== undefined)
          changed = (await attempt((next) => void delete next.operations.find(({ uid }) => uid === operation.uid)![key])) || changed;
    for (const place of [...Object.keys(kept.tensors), ...Object.keys(kept.buffers)])
      changed =
        (await attempt((next) => {
          const form = next.tensors[place] ?? next.buffers[place];
          delete form!.address;
        })) || changed;
  }
  return kept;
}

/** Nobody waits for what is gone, and nothing is declared that nobody names. */
function tidy(plan: Plan): void {
  const there = new Set(plan.operations.map(({ uid }) => uid));
  for (const operation of plan.operations)
    if (operation.after !== undefined)
      setAfter(
        operation,
        operation.after.filter((uid) => there.has(uid)),
      );
  const text = JSON.stringify([plan.operations, plan.layers, Object.keys(plan.layers).map((layer) => plan.standard[layer] ?? {})]);
  for (const name of Object.keys(plan.tensors)) if (!text.includes(`"${name}"`)) delete plan.tensors[name];
  for (const name of Object.keys(plan.buffers)) if (!text.includes(`"${name}"`)) delete plan.buffers[name];
}

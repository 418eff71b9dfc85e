import type { LayerView } from '../../mapping/layer-view.js';
import type { OperandCheck } from './operands.js';

/** What nothing could be held against, in sentences, for whoever takes a legal schedule for a right one. */
export function uncheckedNotes(layers: Iterable<LayerView>, operands: OperandCheck, layerless: number, isBeside: boolean): string[] {
  const silent = [...layers].filter((layer) => layer.operands.length === 0 && operands.hasTilesOf(layer));
  const open = silent.map((layer) => ({ layer, names: operands.openOperands(layer) })).filter(({ names }) => names.length > 0);
  const advice = isBeside
    ? "give them 'operands', or name their loops and tensors as the workload does"
    : "give them 'operands', or a workload beside the schedule";
  const notes: string[] = [];
  if (silent.length > 0) notes.push(`${layersText(silent.map(({ name }) => `'${name}'`))}: which tensors are their operands is not checked; ${advice}`);
  if (open.length > 0)
    notes.push(
      `${layersText(open.map(({ layer: { name }, names }) => `'${name}' (${names.join(', ')})`))}: where their tiles lie in these operands is not checked; ${advice}`,
    );
  if (layerless > 0) {
    const [count, name] = layerless === 1 ? ['1 computation', 'names'] : [`${layerless} computations`, 'name'];
    notes.push(`${count} ${name} no layer of the schedule: what they compute is not checked; declare it under 'layers' with 'operands'`);
  }
  return notes;
}

const MOST_NAMED = 20;

function layersText(all: readonly string[]): string {
  const more = all.length > MOST_NAMED ? `, and ${all.length - MOST_NAMED} more` : '';
  return `${all.length === 1 ? 'layer' : 'layers'} ${all.slice(0, MOST_NAMED).join(', ')}${more}`;
}

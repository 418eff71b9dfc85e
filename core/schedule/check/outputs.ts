import { Found } from '../resolve/boxed.js';
import { intersectionVolume, volumeOf } from '../resolve/extent.js';
import type { Piece } from '../resolve/pieces.js';
import type { Places, TensorState } from '../resolve/places.js';
import type { LayerView } from '../../mapping/layer-view.js';
import type { Generations } from './generations.js';
import type { ViolationLog } from './violations.js';

/** Call at the end of the schedule: every output that an operation or a layer speaks of is whole at its home, in its final version. */
export function checkOutputs(places: Places, layers: Iterable<LayerView>, generations: Generations, log: ViolationLog): void {
  const made = new Set([...layers].flatMap(({ operands }) => operands.filter(({ role }) => role === 'output').map(({ tensor }) => tensor)));
  for (const tensor of places.tensors.values()) {
    if (tensor.form.role !== 'output' || tensor.home.memory < 0 || !(tensor.isUsed || made.has(tensor.name))) continue;
    checkOutput(tensor, generations, log);
  }
}

function checkOutput(tensor: TensorState, generations: Generations, log: ViolationLog): void {
  const found = new Found<Piece>();
  tensor.atHome.overlapping(tensor.whole, found);
  let [there, unfinished, stale] = [0, 0, 0];
  let writer = -1;
  for (let i = 0; i < found.count; i++) {
    const piece = found.items[i]!;
    const elements = intersectionVolume(piece.extent, tensor.whole);
    there += elements;
    if (piece.value.sum !== undefined) unfinished += elements;
    else if (generations.isStale(tensor, piece.extent, piece)) stale += elements;
    else continue;
    writer = Math.max(writer, piece.writerId);
  }
  const whole = volumeOf(tensor.whole);
  const missing = whole - there;
  if (missing === 0 && unfinished === 0 && stale === 0) return;
  const parts = [
    missing > 0 ? `${missing} of its ${whole} elements never come home` : '',
    unfinished > 0 ? `${unfinished} come home before their sum is finished` : '',
    stale > 0 ? `${stale} come home in an older version` : '',
  ].filter((part) => part !== '');
  log.report({
    rule: 'output-incomplete',
    message: `output '${tensor.name}': ${parts.join(', ')}`,
    advice: `store every element of '${tensor.name}' at its home when its sum is finished`,
    operations: writer < 0 ? [] : [writer],
    tensor: tensor.name,
  });
}

import { InputError } from '../errors.js';
import type { ScheduleHeader, ScheduleOperation } from '../schedule/form/form.js';
import { smallInteger } from '../workload/small-integer.js';
import { layerViewOf, LayerView, standardClasses } from './layer-view.js';
import { TileView } from './tile-view.js';

/** The layers of a schedule, compiled; and the tiles of its operations. */
export class LayerViews {
  private readonly declared = new Map<string, LayerView>();
  /** Views of operations of no declared layer, by operator and loops. */
  private readonly others = new Map<string, LayerView>();

  /** InputError for a layer whose operands or loops do not fit. */
  constructor(header: Pick<ScheduleHeader, 'layers' | 'tensors'>) {
    for (const [name, layer] of Object.entries(header.layers ?? {})) this.declared.set(name, layerViewOf(this.declared.size, name, layer, header.tensors));
  }

  get layers(): Iterable<LayerView> {
    return this.declared.values();
  }

  /** A layer of the schedule. */
  named(name: string): LayerView | undefined {
    return this.declared.get(name);
  }

  /** The tile of a compute or pim operation; loops that it does not name are 1 from 0 on. InputError for one without a point. */
  tileOf(operation: ScheduleOperation, id: number): TileView {
    const view = (operation.layer === undefined ? undefined : this.declared.get(operation.layer)) ?? this.undeclared(operation, id);
    const { loops } = view;
    const low = new Array<number>(loops.length);
    const high = new Array<number>(loops.length);
    for (let l = 0; l < loops.length; l++) {
      const loop = loops[l]!;
      const from = operation.at?.[loop] ?? 0;
      const size = operation.loops?.[loop] ?? 1;
      if (!(Number.isSafeInteger(from) && Number.isSafeInteger(size) && size > 0)) throw noTile(id, loop, from, size);
      low[l] = smallInteger(from);
      high[l] = smallInteger(from + size);
    }
    return new TileView(view, low, high);
  }

  private undeclared({ operator = '', loops = {}, at = {} }: ScheduleOperation, id: number): LayerView {
    const names = Object.keys({ ...loops, ...at });
    const key = `${operator}(${names.join(' ')})`;
    let view = this.others.get(key);
    if (view === undefined) {
      const sizes = Object.fromEntries(names.map((name) => [name, 1]));
      const classes = standardClasses(operator, names, undefined, (loop) => `operation ${id}.loops.${loop}`);
      view = new LayerView(this.declared.size + this.others.size, '', operator, sizes, [], classes);
      this.others.set(key, view);
    }
    return view;
  }
}

function noTile(id: number, loop: string, from: number, size: number): InputError {
  return Number.isSafeInteger(from)
    ? new InputError({ path: `operation ${id}.loops.${loop}`, message: `a tile of size ${size}`, expected: 'an integer >= 1' })
    : new InputError({ path: `operation ${id}.at.${loop}`, message: `a tile at ${from}`, expected: 'an integer' });
}

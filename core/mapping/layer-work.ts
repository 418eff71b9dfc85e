import type { ScheduleLayer } from '../schedule/form/form.js';
import { isMatrixOperator } from '../workload/loop-class.js';
import type { Layer, LayerClass } from '../workload/layer.js';

/** Useful work at one point of a layer's loops, on the average. */
export interface PointWork {
  /** 0 of a layer that is no product. */
  readonly macs: number;
  /** Elementary operations; a multiply-accumulate is two. */
  readonly ops: number;
}

/** Operations at a point where a layer does not say them: a copy computes nothing. */
const USUAL_OPS: Readonly<Record<LayerClass, number>> = { mac: 2, vector: 1, move: 0, view: 0 };

/** The one way in which work is counted: of a layer of a workload and, so that both say the same, of that layer in a schedule. */
export function workOf(layer: Pick<ScheduleLayer, 'operator' | 'class' | 'opsPerPoint' | 'activeFraction'>): PointWork {
  const layerClass = layer.class ?? (isMatrixOperator(layer.operator) ? 'mac' : 'vector');
  const active = layer.activeFraction ?? 1;
  return { macs: layerClass === 'mac' ? active : 0, ops: (layer.opsPerPoint ?? USUAL_OPS[layerClass]) * active };
}

/** What a schedule must say of a layer's work: nothing where it is the usual. */
export function statedWork({ class: layerClass, opsPerPoint, activeFraction = 1 }: Layer): Pick<ScheduleLayer, 'opsPerPoint' | 'activeFraction'> {
  return { ...(opsPerPoint === USUAL_OPS[layerClass] ? {} : { opsPerPoint }), ...(activeFraction === 1 ? {} : { activeFraction }) };
}

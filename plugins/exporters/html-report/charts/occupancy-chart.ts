import type { TraceTrack } from 'tessera-sim';
import { SIMULATION_COLOUR } from '../palette.js';
import { chart, type Spec } from './spec.js';

/** Points of a curve: as many as a wide screen can show. */
const POINTS = 500;

/** A point of a curve that holds its value until the next. */
export interface CurvePoint {
  readonly microseconds: number;
  readonly value: number;
}

/** The curve of a counter track; with more values than `POINTS`, the largest content of each of as many stretches of time. */
export function curveOf(counter: Float64Array, endTick: number): CurvePoint[] {
  const end = { microseconds: endTick / 1e6, value: counter[counter.length - 1] ?? 0 };
  if (counter.length / 2 > POINTS) return [...envelope(counter, endTick), end];
  const points: CurvePoint[] = [{ microseconds: 0, value: 0 }];
  for (let i = 0; i + 1 < counter.length; i += 2) points.push({ microseconds: (counter[i] ?? 0) / 1e6, value: counter[i + 1] ?? 0 });
  return [...points, end];
}

/** A value holds until the next, so the content at the start of a stretch counts too. */
function envelope(counter: Float64Array, endTick: number): CurvePoint[] {
  const points: CurvePoint[] = [];
  let held = 0;
  let next = 0;
  for (let stretch = 0; stretch < POINTS; stretch++) {
    const until = (endTick * (stretch + 1)) / POINTS;
    let largest = held;
    for (; next + 1 < counter.length && (counter[next] ?? 0) < until; next += 2) {
      held = counter[next + 1] ?? 0;
      largest = Math.max(largest, held);
    }
    points.push({ microseconds: (endTick * stretch) / POINTS / 1e6, value: largest });
  }
  return points;
}

/** One counter over the run; a rule shows the capacity when the content comes near it. */
export function occupancyChart(track: TraceTrack, endTick: number, capacityBytes: number | undefined): Spec {
  const isBytes = track.unit === 'bytes';
  const scale = isBytes ? 1024 : 1;
  const unit = isBytes ? 'KiB' : track.unit || 'value';
  const values = curveOf(track.counter ?? new Float64Array(0), endTick).map(({ microseconds, value }) => ({ microseconds, value: value / scale }));
  const peak = values.reduce((most, { value }) => Math.max(most, value), 0);
  const showCapacity = isBytes && capacityBytes !== undefined && peak * scale > capacityBytes / 4;
  const curve = {
    mark: { type: 'area', interpolate: 'step-after', color: SIMULATION_COLOUR, opacity: 0.35, line: { color: SIMULATION_COLOUR, strokeWidth: 1.2 } },
    encoding: {
      x: {
        field: 'microseconds',
        type: 'quantitative',
        title: 'Simulated time (us)',
        scale: { domain: [0, endTick / 1e6], nice: false },
        axis: { tickCount: 5, format: ',~r' },
      },
      y: { field: 'value', type: 'quantitative', title: `Content (${unit})`, axis: { tickCount: 4 } },
      tooltip: [
        { field: 'microseconds', title: 'time (us)', format: ',.3f' },
        { field: 'value', title: `content (${unit})`, format: ',.1f' },
      ],
    },
  };
  const limit = {
    data: { values: [{ capacity: (capacityBytes ?? 0) / scale }] },
    mark: { type: 'rule', color: '#d55e00', strokeDash: [5, 3] },
    encoding: { y: { field: 'capacity', type: 'quantitative' }, tooltip: [{ field: 'capacity', title: `capacity (${unit})`, format: ',.1f' }] },
  };
  return chart({ height: 110, data: { values }, layer: showCapacity ? [curve, limit] : [curve] });
}

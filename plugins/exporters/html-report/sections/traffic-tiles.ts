import { cyclesPerHop, formatCount, formatLoadShort, formatPercent, loadCurve, saturationOf, stallsIn, waitedCycles, type ExperimentResult } from 'tessera-sim';
import { atLoad } from 'tessera-sim/exporters';
import type { Tile } from './tile.js';

/** Whether a run put traffic on a network alone. */
export function isTraffic({ metrics }: ExperimentResult): boolean {
  return metrics['packetLatency'] !== undefined || metrics['saturationLoad'] !== undefined;
}

/** The numbers that one looks for first in a network's run. */
export function trafficTiles(result: ExperimentResult): Tile[] {
  const { outcome, metrics } = result;
  const load = `${atLoad(result).trim()}${metrics['stable'] === 0 ? ', beyond saturation' : ''}`;
  const has = (name: string): boolean => metrics[name] !== undefined;
  return [
    ...saturationTile(result),
    ...zeroLoadTile(result),
    ...(has('packetLatency') ? [{ title: 'Mean latency', value: `${formatCount(metrics['packetLatency'])} cycles`, detail: load }] : []),
    ...(has('latencyP99')
      ? [{ title: 'p95 / p99 latency', value: `${formatCount(metrics['latencyP95'])} / ${formatCount(metrics['latencyP99'])} cycles`, detail: load }]
      : []),
    ...(has('acceptedRate') ? [{ title: 'Accepted', value: `${formatLoadShort(metrics['acceptedRate']!)} flits`, detail: `a node and cycle ${load}` }] : []),
    ...(has('packets')
      ? [{ title: 'Packets', value: formatCount(metrics['packets']), detail: `${formatCount(metrics['hops'])} routers on the way, mean` }]
      : []),
    ...waitTile(metrics),
    { title: 'Outcome', value: outcome, detail: has('cycles') ? `${formatCount(metrics['cycles'])} cycles ${load}` : '', bad: outcome !== 'finished' },
  ];
}

function saturationTile(result: ExperimentResult): Tile[] {
  const saturation = saturationOf(result);
  if (saturation === undefined) return [];
  const { stableLoad, unstableLoad } = saturation;
  const detail = unstableLoad === undefined ? 'flits/node/cycle, still stable' : `flits/node/cycle; unstable at ${formatLoadShort(unstableLoad)}`;
  return [{ title: 'Saturation load', value: formatLoadShort(stableLoad), detail }];
}

/** The latency at the lowest load of a curve is close to that of an empty network. */
function zeroLoadTile(result: ExperimentResult): Tile[] {
  const points = loadCurve(result);
  const [lowest] = points;
  return lowest === undefined || points.length < 2
    ? []
    : [{ title: 'Lowest latency', value: `${formatCount(lowest.packetLatency)} cycles`, detail: `mean at load ${formatLoadShort(lowest.load)}` }];
}

function waitTile(metrics: Readonly<Record<string, number>>): Tile[] {
  const { causes, flitHops } = stallsIn(metrics);
  const total = waitedCycles(causes);
  if (total === 0 || flitHops === 0) return [];
  const largest = causes.reduce((most, cause) => (cause.cycles > most.cycles ? cause : most));
  return [
    {
      title: 'Waiting',
      value: `${formatCount(cyclesPerHop(total, flitHops))} cycles`,
      detail: `per flit and router; ${formatPercent(largest.cycles / total, 0)} ${largest.cause}`,
    },
  ];
}

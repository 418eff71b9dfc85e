import { formatCount, formatFixed, formatLoad, type ExperimentResult, type LoadPoint, type Saturation } from 'tessera-sim';

/** `saturates between 0.7500 and 0.8125 flits/node/cycle` */
export function saturationSentence({ stableLoad, unstableLoad }: Saturation): string {
  if (unstableLoad === undefined) return `does not saturate up to ${formatLoad(stableLoad)} flits/node/cycle`;
  return `saturates between ${formatLoad(stableLoad)} and ${formatLoad(unstableLoad)} flits/node/cycle`;
}

/** Beside a curve: what its column `stable` means. */
export function criterionSentence({ metrics }: ExperimentResult): string {
  const limit = metrics['latencyLimitCycles'];
  if (limit === undefined) return '';
  return `Stable: what is offered is accepted (to 1 %, or to what varies by chance) and the mean latency stays within ${formatCount(limit)} cycles.`;
}

/** Why the loads of a curve that are not stable are not. */
export function saturatedSentence(points: readonly LoadPoint[]): string {
  const loadsOf = (reason: LoadPoint['saturatedBy']) =>
    points.filter(({ saturatedBy }) => saturatedBy === reason && reason !== undefined).map(({ load }) => formatLoad(load));
  const [accepted, latency] = [loadsOf('accepted'), loadsOf('latency')];
  return [
    ...(accepted.length > 0 ? [`Less is accepted than offered at ${accepted.join(', ')}.`] : []),
    ...(latency.length > 0 ? [`Latency exceeds its limit at ${latency.join(', ')}.`] : []),
  ].join(' ');
}

export const LOAD_COLUMNS = ['load', 'stable', 'accepted', 'mean', 'p50', 'p95', 'p99', 'max', 'in network', 'hops', 'packets'] as const;

/** A curve in cells under `LOAD_COLUMNS`. */
export function loadCells(point: LoadPoint): string[] {
  const { load, stable, acceptedRate, packetLatency, latencyP50, latencyP95, latencyP99, latencyMax, networkLatency, hops, packets } = point;
  const whole = (value: number): string => formatCount(Math.round(value));
  return [
    formatLoad(load),
    stable ? 'yes' : 'NO',
    formatLoad(acceptedRate),
    formatFixed(packetLatency, 1),
    ...[latencyP50, latencyP95, latencyP99, latencyMax].map(whole),
    formatFixed(networkLatency, 1),
    formatFixed(hops, 2),
    whole(packets),
  ];
}

import type { ScheduleResult } from 'tessera-sim';

/**
 * The colours of Okabe and Ito (Color Universal Design, 2008), which stay apart for all common kinds of colour blindness;
 * blue and yellow a little lighter and darker so that they are legible on light and on dark ground.
 */
export const HUES = ['#2f7fc1', '#e69f00', '#009e73', '#cc79a7', '#d55e00', '#56b4e9', '#b8a300', '#7d6bb5'] as const;
const NEUTRAL = '#a7afba';

export const ESTIMATE_COLOUR = '#e69f00';
export const SIMULATION_COLOUR = '#2f7fc1';

/** Classes that most blocks have keep one colour in every report. */
const USUAL: Readonly<Record<string, string>> = {
  idle: NEUTRAL,
  busy: '#2f7fc1',
  'wait-input': '#e69f00',
  'wait-memory': '#d55e00',
  'wait-output': '#cc79a7',
  'wait-source': '#b8a300',
  'wait-destination': '#7d6bb5',
  'bank-conflict': '#56b4e9',
  blocked: '#009e73',
};

/** A colour for every stall class and span label of the runs: usual names first, the rest in the order of their names. */
export function activityColours(results: readonly ScheduleResult[]): Readonly<Record<string, string>> {
  const classes = results.flatMap((result) => result.blocks.flatMap((block) => block.stalls.map((stall) => stall.class)));
  const labels = results.flatMap((result) => result.trace?.tracks.flatMap((track) => track.labels) ?? []);
  const names = [...new Set([...classes, ...labels])].sort();
  const unusual = names.filter((name) => USUAL[name] === undefined);
  return Object.fromEntries(names.map((name) => [name, USUAL[name] ?? hueAt(unusual.indexOf(name) + 2)]));
}

/** A colour for every layer, by its first appearance over all runs, so that a layer looks the same in every run. */
export function layerColours(results: readonly ScheduleResult[]): Readonly<Record<string, string>> {
  const simulated = results.flatMap((result) => result.simulation.layers.map((layer) => layer.layer));
  const traced = results.flatMap((result) => result.trace?.operations.map((operation) => operation.layer) ?? []);
  const names = [...new Set([...simulated, ...traced])].filter((name) => name !== '');
  return Object.fromEntries(names.map((name, index) => [name, hueAt(index)]));
}

/** Hues in turn; later rounds lighter, then darker. */
function hueAt(index: number): string {
  const hue = HUES[index % HUES.length] ?? NEUTRAL;
  const round = Math.floor(index / HUES.length) % 3;
  return round === 0 ? hue : mix(hue, round === 1 ? 255 : 0, 0.35);
}

/** Moves a colour towards a grey level. */
function mix(colour: string, towards: number, share: number): string {
  const parts = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return `#${parts
    .map((part) =>
      Math.round(part + (towards - part) * share)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}

import { escapeXml } from '../../text/xml.js';
import { formatCount } from '../../text/format.js';

/** One line of a plot: its points from left to right. */
export interface PlotLine {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface SweepPlot {
  readonly title: string;
  readonly xTitle: string;
  readonly yTitle: string;
  /** Names of the places on the x axis, which stand at 0, 1, 2, ... */
  readonly xLabels: readonly string[];
  readonly lines: readonly PlotLine[];
}

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [720, 320, 90, 20, 34, 56];
const MOST_LABELS = 16;
const TICKS = 4;
const COLOURS = ['#1f6fb2', '#b3360b', '#2f7d32', '#7b3fa0', '#8a6d00', '#00707a', '#a01f5b', '#5a6470'];

/** A plot as a picture that needs no script; the y axis begins at 0, so that lengths can be compared. */
export function sweepSvg({ title, xTitle, yTitle, xLabels, lines }: SweepPlot): string {
  const highest = lines.reduce((most, { points }) => points.reduce((a, { y }) => Math.max(a, y), most), 0) || 1;
  const x = (place: number): number => LEFT + ((WIDTH - LEFT - RIGHT) * (place + 0.5)) / Math.max(1, xLabels.length);
  const y = (value: number): number => HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * value) / highest;
  const every = Math.ceil(xLabels.length / MOST_LABELS);
  const grid = Array.from({ length: TICKS + 1 }, (_, i) => (highest * i) / TICKS).flatMap((value) => [
    `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${n(y(value))}" y2="${n(y(value))}" stroke="currentColor" stroke-opacity="0.15"/>`,
    label(LEFT - 6, y(value) + 4, formatCount(value, value < 10 && value % 1 !== 0 ? 2 : 0), 'end'),
  ]);
  const places = xLabels.flatMap((text, place) => (place % every === 0 ? [label(x(place), HEIGHT - BOTTOM + 16, text, 'middle')] : []));
  const drawn = lines.flatMap((line, index) => lineMarks(line, COLOURS[index % COLOURS.length] as string, x, y));
  return [
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeXml(title)}" xmlns="http://www.w3.org/2000/svg">`,
    label(LEFT, 16, yTitle, 'start'),
    ...grid,
    ...places,
    label((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, xTitle, 'middle'),
    ...drawn,
    '</svg>',
  ].join('\n');
}

function lineMarks({ name, points }: PlotLine, colour: string, x: (place: number) => number, y: (value: number) => number): string[] {
  const path = points.map((point) => `${n(x(point.x))},${n(y(point.y))}`).join(' ');
  const hint = (value: number): string => `<title>${escapeXml(`${name}: ${formatCount(value, 2)}`)}</title>`;
  return [
    `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    ...points.map((point) => `<circle cx="${n(x(point.x))}" cy="${n(y(point.y))}" r="4" fill="${colour}">${hint(point.y)}</circle>`),
  ];
}

/** The names of lines with their colours, in HTML. */
export function sweepLegend(lines: readonly PlotLine[]): string {
  if (lines.length < 2) return '';
  const items = lines.map(({ name }, index) => `<li><b style="color:${COLOURS[index % COLOURS.length] as string}">&#9679;</b> ${escapeXml(name)}</li>`);
  return `<ul class="legend">${items.join('')}</ul>`;
}

function label(x: number, y: number, text: string, anchor: string): string {
  return `<text x="${n(x)}" y="${n(y)}" text-anchor="${anchor}" font-size="12" fill="currentColor">${escapeXml(text)}</text>`;
}

/** A tenth of a pixel is enough. */
function n(value: number): string {
  return String(Math.round(value * 10) / 10);
}

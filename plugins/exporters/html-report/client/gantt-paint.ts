/** Draws rows of spans on a canvas: each span by itself while there are few, one pixel column at a time when there are many. */
import type { PageData } from '../page-data.js';
import { firstEndingAfter } from './gantt-model.js';
import { themeColour, timeUnit } from './text.js';
import type { Box, GanttModel, PaintChoice, SpanFacts, SpanRow, Viewport } from './types.js';

export const ROW_HEIGHT = 20;
const BAR_INSET = 2;
const LABEL_ROOM = 42;
/** What a block does when it does not work: drawn pale when colours tell layers. */
const WAITING = /^(idle|wait|stall|block|bank-conflict|response-blocked|setup)/;
export const OTHER_COLOUR = '#8a929c';

/** What a row is painted on, with and for. */
export interface Painting {
  readonly canvas: CanvasRenderingContext2D;
  readonly model: GanttModel;
  readonly view: Viewport;
  readonly choice: PaintChoice;
  readonly page: PageData;
}

export function paintRow(painting: Painting, row: SpanRow, place: { readonly left: number; readonly top: number }): void {
  const { canvas, model, view } = painting;
  const scale = view.width / (view.until - view.from);
  const first = firstEndingAfter(row, view.from);
  const last = firstEndingAfter(row, view.until, first);
  canvas.save();
  canvas.beginPath();
  canvas.rect(place.left, place.top, view.width, ROW_HEIGHT);
  canvas.clip();
  const bar: BarPainter = (span, x, width) => {
    const left = Math.max(0, x);
    const box = { x: place.left + left, y: place.top, width: Math.min(x + width, view.width + 1) - left };
    paintBar(painting, model.facts(row, span), box);
  };
  if (last - first <= 2 * view.width) {
    for (let span = first; span <= last && span < row.starts.length; span++) {
      const x = (row.starts[span]! - view.from) * scale;
      bar(span, x, Math.max(1, (row.ends[span]! - view.from) * scale - x));
    }
  } else {
    paintColumns(row, first, view, scale, bar);
  }
  canvas.restore();
}

/** Paints a span from a pixel of the row on. */
type BarPainter = (span: number, x: number, width: number) => void;

/** One look-up a pixel, however many spans there are. */
function paintColumns(row: SpanRow, first: number, view: Viewport, scale: number, bar: BarPainter): void {
  let span = first;
  let x = 0;
  while (x < view.width) {
    span = firstEndingAfter(row, view.from + x / scale, span);
    if (span >= row.starts.length) return;
    const start = Math.floor((row.starts[span]! - view.from) * scale);
    if (start > x) x = start;
    if (x >= view.width) return;
    const end = Math.ceil((row.ends[span]! - view.from) * scale);
    const width = Math.max(1, Math.min(end, view.width) - x);
    bar(span, x, width);
    x += width;
  }
}

function paintBar({ canvas, choice, page }: Painting, facts: SpanFacts, box: Box): void {
  const waiting = WAITING.test(facts.label);
  const byLayer = choice.mode === 'layer';
  const pale = byLayer && waiting;
  const faded = choice.highlight !== '' && facts.layer !== choice.highlight;
  canvas.globalAlpha = faded ? 0.12 : pale ? 0.35 : 1;
  canvas.fillStyle = colourOf(facts, byLayer, page);
  const inset = pale ? BAR_INSET + 4 : BAR_INSET;
  const gap = box.width > 4 ? 0.5 : 0;
  canvas.fillRect(box.x, box.y + inset, box.width - gap, ROW_HEIGHT - 2 * inset);
  if (box.width >= LABEL_ROOM && !pale && !faded) paintLabel(canvas, byLayer ? facts.layer || facts.label : facts.label, box);
  canvas.globalAlpha = 1;
}

function colourOf(facts: SpanFacts, byLayer: boolean, page: PageData): string {
  const layer = byLayer ? page.layerColours[facts.layer] : undefined;
  return layer ?? page.activityColours[facts.label] ?? OTHER_COLOUR;
}

/** Names what fits inside the visible part of a bar. */
function paintLabel(canvas: CanvasRenderingContext2D, text: string, box: Box): void {
  canvas.font = '11px system-ui, sans-serif';
  const left = box.x + 4;
  const room = box.x + box.width - left - 3;
  const shown = fitName(canvas, text, room);
  if (canvas.measureText(shown).width > room) return;
  canvas.fillStyle = isDark(String(canvas.fillStyle)) ? '#ffffff' : '#101418';
  canvas.textBaseline = 'middle';
  canvas.fillText(shown, left, box.y + ROW_HEIGHT / 2 + 0.5);
}

/** Relative luminance (WCAG 2) below which white text reads better. */
function isDark(colour: string): boolean {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.179;
}

/** Ticks of the time axis at round numbers. */
export function paintAxis(canvas: CanvasRenderingContext2D, view: Viewport, left: number, height: number): void {
  const length = view.until - view.from;
  const step = roundStep(length / Math.max(2, Math.floor(view.width / 110)));
  const unit = timeUnit(Math.max(step, view.until / 1000));
  canvas.font = '11px system-ui, sans-serif';
  canvas.textBaseline = 'middle';
  canvas.textAlign = 'center';
  canvas.fillStyle = themeColour('--muted');
  canvas.strokeStyle = themeColour('--line');
  for (let tick = Math.ceil(view.from / step) * step; tick <= view.until; tick += step) {
    const x = left + ((tick - view.from) / length) * view.width;
    canvas.beginPath();
    canvas.moveTo(x, height - 6);
    canvas.lineTo(x, height);
    canvas.stroke();
    const text = `${Number((tick / unit.ticks).toPrecision(9)).toLocaleString('en-US', { maximumFractionDigits: 6 })} ${unit.name}`;
    const half = canvas.measureText(text).width / 2;
    if (x - half >= left - 4 && x + half <= left + view.width) canvas.fillText(text, x, height / 2 - 3);
  }
  canvas.textAlign = 'left';
}

/** 1, 2 or 5 times a power of ten. */
function roundStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, atLeast)));
  return ([1, 2, 5, 10].find((factor) => factor * power >= atLeast) ?? 10) * power;
}

/** Cuts a name in the middle, since both ends tell rows apart. */
export function fitName(canvas: CanvasRenderingContext2D, name: string, room: number): string {
  const width = canvas.measureText(name).width;
  if (width <= room) return name;
  const kept = Math.max(3, Math.floor((name.length * (room - 12)) / width));
  const head = Math.ceil(kept / 2);
  return `${name.slice(0, head)}\u2026${name.slice(name.length - (kept - head))}`;
}

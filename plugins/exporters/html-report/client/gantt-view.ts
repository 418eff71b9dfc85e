/** The Gantt in the page: rows to choose, zoom, pan, tooltip, legend. */
import type { GanttData, PageData } from '../page-data.js';
import { controlBar, type Controlled } from './gantt-controls.js';
import { GanttLegend } from './gantt-legend.js';
import { ganttModel, spanAt } from './gantt-model.js';
import { fitName, paintAxis, paintRow, ROW_HEIGHT, type Painting } from './gantt-paint.js';
import { GanttTooltip } from './gantt-tooltip.js';
import { element, themeColour, timeText } from './text.js';
import type { GanttModel, PaintChoice, SpanRow, Viewport } from './types.js';

const AXIS_HEIGHT = 26;
const MOST_ROWS = 240;
/** A canvas cannot be broken over two sheets of paper. */
const MOST_PRINTED_ROWS = 36;
/** Rows of links and queues are offered, not shown, when there are more rows than this. */
const CALM_ROWS = 40;
const QUIET_KINDS = ['link', 'queue'];
const CLOSEST_TICKS = 200;

/** Where a drag began, and what was shown then. */
interface Drag {
  readonly x: number;
  readonly from: number;
  readonly until: number;
}

export class GanttView implements Controlled {
  readonly kinds: readonly string[];
  readonly shownKinds: Set<string>;
  private readonly model: GanttModel;
  private readonly windowText = element('span', '', 'window');
  private readonly axis = element('canvas', '', 'axis');
  private readonly body = element('canvas', '', 'rows');
  private readonly note = element('p', '', 'note');
  private readonly legend = new GanttLegend((highlight) => this.choose({ ...this.choice, highlight }));
  private readonly tooltip: GanttTooltip;
  /** Ticks that are shown. */
  private from = 0;
  private until: number;
  private choice: PaintChoice = { mode: 'layer', highlight: '' };
  private drag: Drag | undefined;
  /** Of the next drawing; 0 when none is due. */
  private frame = 0;
  private onPaper = false;

  constructor(
    private readonly place: HTMLElement,
    input: GanttData,
    private readonly page: PageData,
  ) {
    this.model = ganttModel(input);
    this.until = input.endTick;
    this.kinds = [...new Set(this.model.rows.map((row) => row.kind))];
    this.shownKinds = new Set(calmKinds(this.kinds, this.model.rows.length));
    this.tooltip = new GanttTooltip(input.ticksPerCycle);
    this.build();
    this.listen();
    this.redraw();
  }

  private build(): void {
    this.body.tabIndex = 0;
    this.body.setAttribute('role', 'img');
    this.body.setAttribute('aria-label', 'What every block did over time');
    const scroller = element('div', '', 'gantt-scroll');
    scroller.append(this.axis, this.body);
    this.place.append(controlBar(this, this.windowText), scroller, this.note, this.legend.place);
  }

  private listen(): void {
    this.body.addEventListener('wheel', (event) => this.onWheel(event), { passive: false });
    this.body.addEventListener('pointerdown', (event) => this.onDown(event));
    this.body.addEventListener('pointermove', (event) => this.onMove(event));
    this.body.addEventListener('pointerup', () => this.onUp());
    this.body.addEventListener('pointercancel', () => this.onUp());
    this.body.addEventListener('pointerleave', () => this.tooltip.hide());
    this.body.addEventListener('keydown', (event) => this.onKey(event));
    this.body.addEventListener('dblclick', (event) => this.zoom(0.4, this.tickAt(event.offsetX)));
    new ResizeObserver(() => this.redraw()).observe(this.place);
  }

  /** Layers of this run, in the order in which the runs came to them. */
  private get layersInOrder(): string[] {
    const own = new Set(this.model.input.layers);
    return Object.keys(this.page.layerColours).filter((name) => own.has(name));
  }

  /** Width of the names at the left: less on a narrow screen. */
  private get nameWidth(): number {
    return Math.min(190, Math.max(84, this.place.clientWidth * 0.24));
  }

  private get plotWidth(): number {
    return Math.max(40, this.place.clientWidth - this.nameWidth - 2);
  }

  private get chosenRows(): SpanRow[] {
    return this.model.rows.filter((row) => this.shownKinds.has(row.kind));
  }

  private get shownRows(): SpanRow[] {
    return this.chosenRows.slice(0, this.onPaper ? MOST_PRINTED_ROWS : MOST_ROWS);
  }

  private tickAt(x: number): number {
    return this.from + ((x - this.nameWidth) / this.plotWidth) * (this.until - this.from);
  }

  zoom(factor: number, around = (this.from + this.until) / 2): void {
    const length = Math.max(CLOSEST_TICKS, (this.until - this.from) * factor);
    const share = (around - this.from) / (this.until - this.from);
    this.show(around - share * length, around + (1 - share) * length);
  }

  pan(share: number): void {
    const by = (this.until - this.from) * share;
    this.show(this.from + by, this.until + by);
  }

  showAll(): void {
    this.show(0, this.model.input.endTick);
  }

  colourBy(mode: PaintChoice['mode']): void {
    this.choose({ mode, highlight: '' });
  }

  private choose(choice: PaintChoice): void {
    this.choice = choice;
    this.redraw();
  }

  /** Shows a stretch of the run; one that reaches outside is moved in. */
  private show(from: number, until: number): void {
    const { endTick } = this.model.input;
    const length = Math.min(until - from, endTick);
    this.from = Math.min(Math.max(0, from), endTick - length);
    this.until = this.from + length;
    this.redraw();
  }

  private onWheel(event: WheelEvent): void {
    if (event.offsetX < this.nameWidth) return;
    event.preventDefault();
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) this.pan((event.deltaX || event.deltaY) / 800);
    else this.zoom(Math.exp(event.deltaY / 400), this.tickAt(event.offsetX));
  }

  private onDown(event: PointerEvent): void {
    this.body.setPointerCapture(event.pointerId);
    this.drag = { x: event.clientX, from: this.from, until: this.until };
  }

  private onUp(): void {
    this.drag = undefined;
  }

  private onMove(event: PointerEvent): void {
    if (this.drag === undefined) {
      this.point(event);
      return;
    }
    this.tooltip.hide();
    const by = ((this.drag.x - event.clientX) / this.plotWidth) * (this.drag.until - this.drag.from);
    this.show(this.drag.from + by, this.drag.until + by);
  }

  private onKey(event: KeyboardEvent): void {
    const acts: Readonly<Record<string, () => void>> = {
      '+': () => this.zoom(0.5),
      '=': () => this.zoom(0.5),
      '-': () => this.zoom(2),
      ArrowLeft: () => this.pan(-0.2),
      ArrowRight: () => this.pan(0.2),
      0: () => this.showAll(),
    };
    const act = acts[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  }

  /** Over the names: the row; beside them: a span at the pointer or next to it. */
  private point(event: PointerEvent): void {
    const row = this.shownRows[Math.floor(event.offsetY / ROW_HEIGHT)];
    const isName = event.offsetX < this.nameWidth;
    const reach = (2 * (this.until - this.from)) / this.plotWidth;
    const span = row === undefined || isName ? -1 : spanAt(row, this.tickAt(event.offsetX), reach);
    if (row === undefined || (span < 0 && !isName)) this.tooltip.hide();
    else this.tooltip.show(row.name, span < 0 ? undefined : this.model.facts(row, span), event);
  }

  /** Draws for a printer, or for the screen again. */
  print(onPaper: boolean): void {
    this.onPaper = onPaper;
    this.draw();
  }

  /** At most once a frame. */
  redraw(): void {
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  private draw(): void {
    if (this.place.clientWidth === 0) return;
    const { model, choice, page } = this;
    const rows = this.shownRows;
    const view: Viewport = { from: this.from, until: this.until, width: this.plotWidth };
    paintAxis(this.prepare(this.axis, AXIS_HEIGHT), view, this.nameWidth, AXIS_HEIGHT);
    const canvas = this.prepare(this.body, Math.max(1, rows.length) * ROW_HEIGHT);
    rows.forEach((row, i) => this.drawRow({ canvas, model, view, choice, page }, row, i));
    const possible = this.chosenRows.length;
    this.note.textContent = possible > rows.length ? `The first ${rows.length} of ${possible} rows; choose fewer kinds to see the others.` : '';
    this.windowText.textContent = `${timeText(this.from)} to ${timeText(this.until)}`;
    if (choice.mode === 'layer') this.legend.draw(choice, this.layersInOrder, page.layerColours);
    else this.legend.draw(choice, [...new Set(rows.flatMap((row) => row.labels))], page.activityColours);
  }

  private drawRow(painting: Painting, row: SpanRow, index: number): void {
    const { canvas } = painting;
    const top = index * ROW_HEIGHT;
    if (index % 2 === 1) {
      canvas.fillStyle = themeColour('--stripe');
      canvas.fillRect(0, top, this.place.clientWidth, ROW_HEIGHT);
    }
    paintRow(painting, row, { left: this.nameWidth, top });
    canvas.fillStyle = themeColour('--text');
    canvas.font = '11px system-ui, sans-serif';
    canvas.textBaseline = 'middle';
    canvas.fillText(fitName(canvas, row.name, this.nameWidth - 10), 4, top + ROW_HEIGHT / 2 + 0.5);
  }

  /** Sizes a canvas for the screen's pixels and clears it. */
  private prepare(canvas: HTMLCanvasElement, height: number): CanvasRenderingContext2D {
    const ratio = window.devicePixelRatio || 1;
    canvas.style.height = `${height}px`;
    canvas.width = Math.round(this.place.clientWidth * ratio);
    canvas.height = Math.round(height * ratio);
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('this browser draws no canvas');
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    return context;
  }
}

/** All kinds, without the quiet ones where there are many rows; never none. */
function calmKinds(kinds: readonly string[], rows: number): readonly string[] {
  const calm = rows > CALM_ROWS ? kinds.filter((kind) => !QUIET_KINDS.includes(kind)) : kinds;
  return calm.length > 0 ? calm : kinds;
}

/** The Gantt in the page: rows to choose, zoom, pan, tooltip, legend. */
import { ganttModel, spanAt } from './gantt-model.js';
import { fitName, OTHER_COLOUR, paintAxis, paintRow, ROW_HEIGHT } from './gantt-paint.js';
import { countText, element, themeColour, timeText } from './text.js';

/** @import { GanttInput, GanttRow, PageInput, PaintChoice, SpanFacts, Viewport } from './types.js' */

const AXIS_HEIGHT = 26;
const MOST_ROWS = 240;
/** A canvas cannot be broken over two sheets of paper. */
const MOST_PRINTED_ROWS = 36;
/** Rows of links and queues are offered, not shown, when there are more rows than this. */
const CALM_ROWS = 40;
const QUIET_KINDS = ['link', 'queue'];
const LEGEND_ENTRIES = 28;
const CLOSEST_TICKS = 200;

export class GanttView {
  /**
   * @param {HTMLElement} place
   * @param {GanttInput} input
   * @param {PageInput} page
   */
  constructor(place, input, page) {
    /** @type {{ x: number, from: number, until: number } | undefined} */
    this.drag = undefined;
    this.place = place;
    this.page = page;
    this.model = ganttModel(input);
    this.from = 0;
    this.until = input.endTick;
    /** @type {PaintChoice} */
    this.choice = { mode: 'layer', highlight: '' };
    this.kinds = new Set(this.model.rows.map((row) => row.kind));
    if (this.model.rows.length > CALM_ROWS) for (const kind of QUIET_KINDS) this.kinds.delete(kind);
    if (this.kinds.size === 0) this.kinds = new Set(this.model.rows.map((row) => row.kind));
    this.frame = 0;
    this.onPaper = false;
    this.legendKey = '';
    this.windowText = element('span', '', 'window');
    this.axis = element('canvas', '', 'axis');
    this.body = element('canvas', '', 'rows');
    this.scroller = element('div', '', 'gantt-scroll');
    this.legend = element('div', '', 'legend');
    this.tooltip = element('div', '', 'tooltip');
    this.note = element('p', '', 'note');
    this.build();
    this.listen();
    this.redraw();
  }

  build() {
    this.body.tabIndex = 0;
    this.body.setAttribute('role', 'img');
    this.body.setAttribute('aria-label', 'What every block did over time');
    this.scroller.append(this.axis, this.body);
    this.tooltip.hidden = true;
    document.body.append(this.tooltip);
    this.place.append(this.controls(), this.scroller, this.note, this.legend);
  }

  controls() {
    const bar = element('div', '', 'controls');
    /** @param {string} text @param {string} title @param {() => void} act */
    const button = (text, title, act) => {
      const made = element('button', text);
      made.type = 'button';
      made.title = title;
      made.addEventListener('click', act);
      return made;
    };
    bar.append(
      button('+', 'Zoom in', () => this.zoom(0.5)),
      button('\u2212', 'Zoom out', () => this.zoom(2)),
      button('\u25c2', 'Earlier', () => this.pan(-0.3)),
      button('\u25b8', 'Later', () => this.pan(0.3)),
      button('Whole run', 'Show everything', () => this.show(0, this.model.input.endTick)),
      this.modeChoice(),
      ...this.kindChoices(),
      this.windowText,
    );
    return bar;
  }

  modeChoice() {
    const label = element('label', 'Colour ');
    const select = element('select');
    for (const [value, text] of [['layer', 'by layer'], ['activity', 'by activity']]) {
      const option = element('option', text);
      option.value = /** @type {string} */ (value);
      select.append(option);
    }
    select.addEventListener('change', () => {
      this.choice = { mode: select.value === 'layer' ? 'layer' : 'activity', highlight: '' };
      this.redraw();
    });
    label.append(select);
    return label;
  }

  kindChoices() {
    return [...new Set(this.model.rows.map((row) => row.kind))].map((kind) => {
      const label = element('label');
      const box = element('input');
      box.type = 'checkbox';
      box.checked = this.kinds.has(kind);
      box.addEventListener('change', () => {
        if (box.checked) this.kinds.add(kind);
        else this.kinds.delete(kind);
        this.redraw();
      });
      label.append(box, ` ${kind}`);
      return label;
    });
  }

  listen() {
    this.body.addEventListener('wheel', (event) => this.onWheel(event), { passive: false });
    this.body.addEventListener('pointerdown', (event) => this.onDown(event));
    this.body.addEventListener('pointermove', (event) => this.onMove(event));
    this.body.addEventListener('pointerup', () => this.onUp());
    this.body.addEventListener('pointercancel', () => this.onUp());
    this.body.addEventListener('pointerleave', () => (this.tooltip.hidden = true));
    this.body.addEventListener('keydown', (event) => this.onKey(event));
    this.body.addEventListener('dblclick', (event) => this.zoom(0.4, this.tickAt(event.offsetX)));
    new ResizeObserver(() => this.redraw()).observe(this.place);
  }

  /** Layers of this run, in the order in which the runs came to them. */
  get layersInOrder() {
    const own = new Set(this.model.input.layers);
    return Object.keys(this.page.layerColours).filter((name) => own.has(name));
  }

  /** Width of the names at the left: less on a narrow screen. */
  get nameWidth() {
    return Math.min(190, Math.max(84, this.place.clientWidth * 0.24));
  }

  get plotWidth() {
    return Math.max(40, this.place.clientWidth - this.nameWidth - 2);
  }

  get shownRows() {
    return this.model.rows.filter((row) => this.kinds.has(row.kind)).slice(0, this.onPaper ? MOST_PRINTED_ROWS : MOST_ROWS);
  }

  /** @param {number} x */
  tickAt(x) {
    return this.from + ((x - this.nameWidth) / this.plotWidth) * (this.until - this.from);
  }

  /**
   * @param {number} factor
   * @param {number} [around]
   */
  zoom(factor, around = (this.from + this.until) / 2) {
    const length = Math.max(CLOSEST_TICKS, (this.until - this.from) * factor);
    const share = (around - this.from) / (this.until - this.from);
    this.show(around - share * length, around + (1 - share) * length);
  }

  /** @param {number} share */
  pan(share) {
    const by = (this.until - this.from) * share;
    this.show(this.from + by, this.until + by);
  }

  /**
   * Shows a stretch of the run; one that reaches outside is moved in.
   * @param {number} from
   * @param {number} until
   */
  show(from, until) {
    const { endTick } = this.model.input;
    const length = Math.min(until - from, endTick);
    this.from = Math.min(Math.max(0, from), endTick - length);
    this.until = this.from + length;
    this.redraw();
  }

  /** @param {WheelEvent} event */
  onWheel(event) {
    if (event.offsetX < this.nameWidth) return;
    event.preventDefault();
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) this.pan((event.deltaX || event.deltaY) / 800);
    else this.zoom(Math.exp(event.deltaY / 400), this.tickAt(event.offsetX));
  }

  /** @param {PointerEvent} event */
  onDown(event) {
    this.body.setPointerCapture(event.pointerId);
    this.drag = { x: event.clientX, from: this.from, until: this.until };
  }

  onUp() {
    this.drag = undefined;
  }

  /** @param {PointerEvent} event */
  onMove(event) {
    if (this.drag === undefined) {
      this.point(event);
      return;
    }
    this.tooltip.hidden = true;
    const by = ((this.drag.x - event.clientX) / this.plotWidth) * (this.drag.until - this.drag.from);
    this.show(this.drag.from + by, this.drag.until + by);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    /** @type {Record<string, () => void>} */
    const acts = {
      '+': () => this.zoom(0.5),
      '=': () => this.zoom(0.5),
      '-': () => this.zoom(2),
      ArrowLeft: () => this.pan(-0.2),
      ArrowRight: () => this.pan(0.2),
      0: () => this.show(0, this.model.input.endTick),
    };
    const act = acts[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  }

  /**
   * Says what is under the pointer.
   * @param {PointerEvent} event
   */
  point(event) {
    const row = this.shownRows[Math.floor(event.offsetY / ROW_HEIGHT)];
    const reach = (2 * (this.until - this.from)) / this.plotWidth;
    const span = row === undefined || event.offsetX < this.nameWidth ? -1 : spanAt(row, this.tickAt(event.offsetX), reach);
    this.tooltip.hidden = row === undefined || (span < 0 && event.offsetX >= this.nameWidth);
    if (row === undefined || this.tooltip.hidden) return;
    this.tooltip.replaceChildren(element('strong', row.name), ...(span < 0 ? [] : this.spanLines(this.model.facts(row, span))));
    const { offsetWidth, offsetHeight } = this.tooltip;
    this.tooltip.style.left = `${Math.max(4, Math.min(event.clientX + 14, innerWidth - offsetWidth - 8))}px`;
    this.tooltip.style.top = `${Math.max(4, Math.min(event.clientY + 16, innerHeight - offsetHeight - 8))}px`;
  }

  /** @param {SpanFacts} facts */
  spanLines(facts) {
    const { ticksPerCycle } = this.model.input;
    /** @param {number} tick */
    const when = (tick) => `${timeText(tick)} (cycle ${countText(Math.round(tick / ticksPerCycle))})`;
    const lines = [
      facts.layer === '' ? '' : `layer: ${facts.layer}`,
      facts.operation === undefined ? '' : `operation: ${facts.operation} (${facts.kind})`,
      `doing: ${facts.label}`,
      `start: ${when(facts.start)}`,
      `end: ${when(facts.end)}`,
      `lasts: ${timeText(facts.end - facts.start)} (${countText(Math.round((facts.end - facts.start) / ticksPerCycle))} cycles)`,
      facts.merged > 1 ? `stands for ${countText(facts.merged)} spans` : '',
    ];
    return lines.filter((line) => line !== '').map((line) => element('div', line));
  }

  /**
   * Draws for a printer, or for the screen again.
   * @param {boolean} onPaper
   */
  print(onPaper) {
    this.onPaper = onPaper;
    this.draw();
  }

  /** At most once a frame. */
  redraw() {
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  draw() {
    if (this.place.clientWidth === 0) return;
    const rows = this.shownRows;
    const view = { from: this.from, until: this.until, width: this.plotWidth };
    paintAxis(this.prepare(this.axis, AXIS_HEIGHT), view, this.nameWidth, AXIS_HEIGHT);
    const canvas = this.prepare(this.body, Math.max(1, rows.length) * ROW_HEIGHT);
    rows.forEach((row, i) => this.drawRow(canvas, row, i, view));
    const possible = this.model.rows.filter((row) => this.kinds.has(row.kind)).length;
    this.note.textContent = possible > rows.length ? `The first ${rows.length} of ${possible} rows; choose fewer kinds to see the others.` : '';
    this.windowText.textContent = `${timeText(this.from)} to ${timeText(this.until)}`;
    this.drawLegend();
  }

  /**
   * @param {CanvasRenderingContext2D} canvas
   * @param {GanttRow} row
   * @param {number} index
   * @param {Viewport} view
   */
  drawRow(canvas, row, index, view) {
    const top = index * ROW_HEIGHT;
    if (index % 2 === 1) {
      canvas.fillStyle = themeColour('--stripe');
      canvas.fillRect(0, top, this.place.clientWidth, ROW_HEIGHT);
    }
    paintRow(canvas, this.model, row, { left: this.nameWidth, top }, view, this.choice, this.page);
    canvas.fillStyle = themeColour('--text');
    canvas.font = '11px system-ui, sans-serif';
    canvas.textBaseline = 'middle';
    canvas.fillText(fitName(canvas, row.name, this.nameWidth - 10), 4, top + ROW_HEIGHT / 2 + 0.5);
  }

  /**
   * Sizes a canvas for the screen's pixels and clears it.
   * @param {HTMLCanvasElement} canvas
   * @param {number} height
   */
  prepare(canvas, height) {
    const ratio = window.devicePixelRatio || 1;
    const width = this.place.clientWidth;
    canvas.style.height = `${height}px`;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    return context;
  }

  /** What the colours mean; a click on a layer lets it stand out. */
  drawLegend() {
    const byLayer = this.choice.mode === 'layer';
    const names = byLayer ? this.layersInOrder : [...new Set(this.shownRows.flatMap((row) => row.labels))];
    const key = `${this.choice.mode} ${this.choice.highlight} ${names.join(' ')}`;
    if (key === this.legendKey) return;
    this.legendKey = key;
    const colours = byLayer ? this.page.layerColours : this.page.activityColours;
    const entries = names.slice(0, LEGEND_ENTRIES).map((name) => this.legendEntry(name, colours[name] ?? OTHER_COLOUR, byLayer));
    const more = names.length > LEGEND_ENTRIES ? [element('span', `and ${names.length - LEGEND_ENTRIES} more`, 'more')] : [];
    this.legend.replaceChildren(...entries, ...more);
  }

  /**
   * @param {string} name
   * @param {string} colour
   * @param {boolean} canHighlight
   */
  legendEntry(name, colour, canHighlight) {
    const entry = element(canHighlight ? 'button' : 'span', '', 'legend-entry');
    const swatch = element('i');
    swatch.style.background = colour;
    entry.append(swatch, name);
    if (!canHighlight) return entry;
    entry.setAttribute('aria-pressed', String(this.choice.highlight === name));
    entry.addEventListener('click', () => {
      this.choice = { ...this.choice, highlight: this.choice.highlight === name ? '' : name };
      this.redraw();
    });
    return entry;
  }
}

/** What the colours of a Gantt mean; a click on a layer lets it stand out. */
import { OTHER_COLOUR } from './gantt-paint.js';
import { element } from './text.js';
import type { PaintChoice } from './types.js';

const MOST_ENTRIES = 28;

export class GanttLegend {
  readonly place = element('div', '', 'legend');
  /** What was drawn last: drawing again would take the focus from a button. */
  private drawn = '';

  constructor(private readonly onHighlight: (layer: string) => void) {}

  draw({ mode, highlight }: PaintChoice, names: readonly string[], colours: Readonly<Record<string, string>>): void {
    const key = `${mode} ${highlight} ${names.join(' ')}`;
    if (key === this.drawn) return;
    this.drawn = key;
    const shown = names.slice(0, MOST_ENTRIES);
    const entries = shown.map((name) => {
      const colour = colours[name] ?? OTHER_COLOUR;
      return mode === 'layer' ? this.layerEntry(name, colour, name === highlight) : entryOf('span', name, colour);
    });
    const more = names.length > shown.length ? [element('span', `and ${names.length - shown.length} more`, 'more')] : [];
    this.place.replaceChildren(...entries, ...more);
  }

  private layerEntry(name: string, colour: string, isPressed: boolean): HTMLElement {
    const entry = entryOf('button', name, colour);
    entry.setAttribute('aria-pressed', String(isPressed));
    entry.addEventListener('click', () => this.onHighlight(isPressed ? '' : name));
    return entry;
  }
}

function entryOf(tag: 'button' | 'span', name: string, colour: string): HTMLElement {
  const entry = element(tag, '', 'legend-entry');
  const swatch = element('i');
  swatch.style.background = colour;
  entry.append(swatch, name);
  return entry;
}

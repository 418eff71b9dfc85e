/** Says what is under the pointer. */
import { countText, element, timeText } from './text.js';
import type { SpanFacts } from './types.js';

export class GanttTooltip {
  private readonly place = element('div', '', 'tooltip');

  constructor(private readonly ticksPerCycle: number) {
    this.place.hidden = true;
    document.body.append(this.place);
  }

  hide(): void {
    this.place.hidden = true;
  }

  /** The name of a row and, over a span of it, what the block did. */
  show(row: string, facts: SpanFacts | undefined, { clientX, clientY }: PointerEvent): void {
    this.place.hidden = false;
    this.place.replaceChildren(element('strong', row), ...(facts === undefined ? [] : this.spanLines(facts)));
    const { offsetWidth, offsetHeight } = this.place;
    this.place.style.left = `${Math.max(4, Math.min(clientX + 14, innerWidth - offsetWidth - 8))}px`;
    this.place.style.top = `${Math.max(4, Math.min(clientY + 16, innerHeight - offsetHeight - 8))}px`;
  }

  private spanLines({ layer, operation, kind, label, start, end, merged }: SpanFacts): HTMLElement[] {
    const cycles = (ticks: number): string => countText(Math.round(ticks / this.ticksPerCycle));
    const when = (tick: number): string => `${timeText(tick)} (cycle ${cycles(tick)})`;
    const lines = [
      layer === '' ? '' : `layer: ${layer}`,
      operation === undefined ? '' : `operation: ${operation} (${kind})`,
      `doing: ${label}`,
      `start: ${when(start)}`,
      `end: ${when(end)}`,
      `lasts: ${timeText(end - start)} (${cycles(end - start)} cycles)`,
      merged > 1 ? `stands for ${countText(merged)} spans` : '',
    ];
    return lines.filter((line) => line !== '').map((line) => element('div', line));
  }
}

/** Buttons and choices above a Gantt. */
import { element } from './text.js';
import type { PaintChoice } from './types.js';

/** What the controls act on. */
export interface Controlled {
  /** Kinds of blocks, and those that are shown; the choices change the latter. */
  readonly kinds: readonly string[];
  readonly shownKinds: Set<string>;
  zoom(factor: number): void;
  pan(share: number): void;
  showAll(): void;
  colourBy(mode: PaintChoice['mode']): void;
  redraw(): void;
}

export function controlBar(view: Controlled, windowText: HTMLElement): HTMLElement {
  const bar = element('div', '', 'controls');
  bar.append(
    button('+', 'Zoom in', () => view.zoom(0.5)),
    button('\u2212', 'Zoom out', () => view.zoom(2)),
    button('\u25c2', 'Earlier', () => view.pan(-0.3)),
    button('\u25b8', 'Later', () => view.pan(0.3)),
    button('Whole run', 'Show everything', () => view.showAll()),
    modeChoice(view),
    ...view.kinds.map((kind) => kindChoice(kind, view)),
    windowText,
  );
  return bar;
}

function button(text: string, title: string, act: () => void): HTMLButtonElement {
  const made = element('button', text);
  made.type = 'button';
  made.title = title;
  made.addEventListener('click', act);
  return made;
}

const MODES: readonly (readonly [PaintChoice['mode'], string])[] = [
  ['layer', 'by layer'],
  ['activity', 'by activity'],
];

function modeChoice(view: Controlled): HTMLElement {
  const label = element('label', 'Colour ');
  const select = element('select');
  for (const [value, text] of MODES) {
    const option = element('option', text);
    option.value = value;
    select.append(option);
  }
  select.addEventListener('change', () => view.colourBy(select.value === 'layer' ? 'layer' : 'activity'));
  label.append(select);
  return label;
}

function kindChoice(kind: string, view: Controlled): HTMLElement {
  const label = element('label');
  const box = element('input');
  box.type = 'checkbox';
  box.checked = view.shownKinds.has(kind);
  box.addEventListener('change', () => {
    if (box.checked) view.shownKinds.add(kind);
    else view.shownKinds.delete(kind);
    view.redraw();
  });
  label.append(box, ` ${kind}`);
  return label;
}

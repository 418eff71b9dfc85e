import { html, NOTHING, type Markup } from '../markup.js';

export interface TableColumn {
  readonly title: string;
  /** Right-aligned, with figures of equal width. */
  readonly numeric?: boolean;
}

export type TableCell = string | Markup;

/** A table that scrolls sideways on narrow screens. */
export function htmlTable(columns: readonly TableColumn[], rows: readonly (readonly TableCell[])[]): Markup {
  if (rows.length === 0) return NOTHING;
  const classOf = (i: number): string => (columns[i]?.numeric === true ? 'number' : 'text');
  const head = columns.map(({ title }, i) => html`<th class="${classOf(i)}" scope="col">${title}</th>`);
  const body = rows.map((row) => html`<tr>${row.map((cell, i) => html`<td class="${classOf(i)}">${cell}</td>`)}</tr>`);
  return html`<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** A section with a heading that says the unit, and a sentence how to read it. */
export function section(title: string, note: string, ...content: readonly Markup[]): Markup {
  if (content.every((part) => part.text === '')) return NOTHING;
  const explanation = note === '' ? NOTHING : html`<p class="note">${note}</p>`;
  return html`<section><h3>${title}</h3>${explanation}${content}</section>`;
}

/** Where the page's script puts a chart. */
export function chartPlace(id: string, label: string): Markup {
  return html`<div class="chart" data-chart="${id}" role="img" aria-label="${label}"></div>`;
}

/** A chart with its title and a remark. */
export function chartFigure(id: string, title: string, detail: string, label = title): Markup {
  return html`<figure><figcaption>${title} <span class="detail">${detail}</span></figcaption>${chartPlace(id, label)}</figure>`;
}

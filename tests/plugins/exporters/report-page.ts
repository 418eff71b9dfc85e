import './built-client.js';
import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import type { Spec } from '../../../plugins/exporters/html-report/charts/spec.js';
import type { PageData } from '../../../plugins/exporters/html-report/page-data.js';

/** What the script of a report reads. */
export function dataOf(page: string): PageData {
  const match = /<script type="application\/json" id="report-data">(.*?)<\/script>/s.exec(page);
  return JSON.parse(match?.[1] ?? '') as PageData;
}

/** The page without its scripts and style: what a reader without JavaScript gets. */
export function markupOf(page: string): string {
  return page.replace(/<(script|style)[^>]*>.*?<\/\1>/gs, '');
}

/** A chart (of a copy: vega marks the data it is given) as SVG, and what the compiler has to say against its specification. */
export async function draw(spec: Spec): Promise<{ svg: string; complaints: string[] }> {
  const complaints: string[] = [];
  const note = (...parts: readonly unknown[]): void => void complaints.push(parts.join(' '));
  const logger = { warn: note, error: note, info: () => logger, debug: () => logger, level: () => logger };
  const compiled = compile(structuredClone(spec) as unknown as TopLevelSpec, { logger: logger as never }).spec;
  return { svg: await new View(parse(compiled), { renderer: 'none' }).toSVG(), complaints };
}

/** A layer of a chart, with the rows of its data. */
export interface Layer {
  readonly data: { readonly values: readonly Readonly<Record<string, unknown>>[] };
  readonly mark: { readonly type: string };
  readonly encoding: Readonly<Record<string, { readonly field?: string; readonly scale?: { readonly domain?: readonly unknown[] } }>>;
}

export function layersOf(spec: Spec | undefined): Layer[] {
  return (spec?.['layer'] ?? []) as Layer[];
}

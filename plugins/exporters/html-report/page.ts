import { schedulesOf, type RunResult } from 'tessera-sim';
import { thinnedNote } from 'tessera-sim/exporters';
import { clientScript, plotLibraries, styleSheet } from './assets.js';
import { html, Markup, NOTHING, scriptCode, scriptJson } from './markup.js';
import type { PageData } from './page-data.js';
import { activityColours, layerColours } from './palette.js';
import { comparisonPanel } from './sections/comparison.js';
import { runPanel } from './sections/run-panel.js';

/** Nothing is loaded from anywhere; not even a library may make code from text. */
const POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:";

interface Panel {
  readonly id: string;
  readonly title: string;
  readonly content: Markup;
}

export interface ReportPage {
  readonly text: string;
  /** That spans were left out, if so. */
  readonly note?: string;
}

/** The whole report. */
export function reportPage(results: readonly RunResult[], title: string, maxSpans: number): ReportPage {
  const schedules = schedulesOf(results);
  const data: PageData = { charts: {}, gantts: {}, activityColours: activityColours(schedules), layerColours: layerColours(schedules) };
  const comparison = results.length > 1 ? [{ id: 'comparison', title: 'Comparison', content: comparisonPanel(results, data) }] : [];
  const budget = Math.max(1, Math.floor(maxSpans / Math.max(1, results.length)));
  const runs = results.map((result, i): Panel => ({ id: `run${i}`, title: result.name, content: runPanel(result, `run${i}`, data, budget) }));
  const panels = [...comparison, ...runs];
  const { text } = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="tessera">
<title>${title}</title>
<style>${new Markup(styleSheet())}</style>
</head>
<body>
<header><h1>${title}</h1><button type="button" id="theme" title="Light, dark, or as the system has it">Theme: system</button></header>
${tabs(panels)}
<main>${panels.map(panelMarkup)}</main>
<noscript><p class="note">Tables are complete; the charts need JavaScript, all of which is in this file.</p></noscript>
<script type="application/json" id="report-data">${scriptJson(data)}</script>
${plotLibraries().map((code) => html`<script>${scriptCode(code)}</script>`)}
<script>${scriptCode(clientScript())}</script>
</body>
</html>
`;
  const notes = Object.values(data.gantts).flatMap((gantt) => thinnedNote(gantt) ?? []);
  return notes.length === 0 ? { text } : { text, note: `timeline: ${notes.join('; ')}` };
}

function tabs(panels: readonly Panel[]): Markup {
  if (panels.length < 2) return NOTHING;
  const buttons = panels.map(
    ({ id, title }, i) =>
      html`<button type="button" role="tab" id="tab-${id}" aria-controls="panel-${id}" aria-selected="${i === 0 ? 'true' : 'false'}">${title}</button>`,
  );
  return html`<nav role="tablist" aria-label="Runs">${buttons}</nav>`;
}

/** All panels are in the page; the script hides all but one, and paper shows them all. */
function panelMarkup({ id, title, content }: Panel): Markup {
  return html`<article id="panel-${id}" class="panel"><h2>${title}</h2>${content}</article>`;
}

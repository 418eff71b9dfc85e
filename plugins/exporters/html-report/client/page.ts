/** Puts the page to work: data, tabs, theme. */
import type { PageData } from '../page-data.js';
import { drawCharts, drawGantts, gantts } from './charts.js';

const page = JSON.parse(document.getElementById('report-data')?.textContent ?? '{}') as PageData;

const THEMES = ['system', 'light', 'dark'] as const;

function openPanel(id: string): void {
  for (const panel of document.querySelectorAll('.panel')) panel.classList.toggle('closed', panel.id !== `panel-${id}`);
  for (const tab of document.querySelectorAll('[role=tab]')) tab.setAttribute('aria-selected', String(tab.id === `tab-${id}`));
  const panel = document.getElementById(`panel-${id}`);
  if (panel === null) return;
  drawCharts(panel, page);
  drawGantts(panel, page);
}

function listenToTabs(): void {
  const tabs = [...document.querySelectorAll<HTMLElement>('[role=tab]')];
  tabs.forEach((tab, index) => {
    tab.addEventListener('click', () => openPanel(tab.id.replace(/^tab-/, '')));
    tab.addEventListener('keydown', ({ key }) => {
      const next = tabs[(index + (key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? tabs.length - 1 : 0)) % tabs.length];
      if (next === tab || next === undefined) return;
      next.focus();
      next.click();
    });
  });
}

function listenToTheme(): void {
  const button = document.getElementById('theme');
  let chosen = 0;
  button?.addEventListener('click', () => {
    chosen = (chosen + 1) % THEMES.length;
    const theme = THEMES[chosen] ?? 'system';
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
    button.textContent = `Theme: ${theme}`;
    for (const gantt of gantts) gantt.redraw();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => gantts.forEach((gantt) => gantt.redraw()));
}

listenToTabs();
listenToTheme();
const firstPanel = document.querySelector('.panel');
if (firstPanel !== null) openPanel(firstPanel.id.replace(/^panel-/, ''));

/** On paper all panels are open and light; canvases must be drawn at once, since no frame comes before the print. */
addEventListener('beforeprint', () => {
  const { dataset } = document.documentElement;
  const before = dataset['theme'];
  dataset['theme'] = 'light';
  for (const panel of document.querySelectorAll('.panel')) {
    panel.classList.remove('closed');
    drawCharts(panel, page);
    drawGantts(panel, page);
  }
  for (const gantt of gantts) gantt.print(true);
  addEventListener(
    'afterprint',
    () => {
      if (before === undefined) delete dataset['theme'];
      else dataset['theme'] = before;
      const open = document.querySelector('[role=tab][aria-selected=true]');
      if (open !== null) openPanel(open.id.replace(/^tab-/, ''));
      for (const gantt of gantts) gantt.print(false);
    },
    { once: true },
  );
});

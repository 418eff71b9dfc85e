import { formatCount, formatEnergy, formatFixed, formatSeconds, formatSignedPercent } from '../../text/format.js';
import { escapeXml } from '../../text/xml.js';
import type { SuiteEntry } from '../run-suite.js';
import { speedUps } from './speed-up.js';
import { sweepLegend, sweepSvg } from './sweep-plot.js';
import { sweepPlots } from './sweeps.js';

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:1100px;margin:2em auto;padding:0 1em;color-scheme:light dark}
table{border-collapse:collapse}td,th{padding:.2em .8em;border-bottom:1px solid #8884;text-align:left}
.n{text-align:right;font-variant-numeric:tabular-nums}.bad{color:#b3360b}.legend{list-style:none;padding:0}svg{max-width:100%}.wide{overflow-x:auto}`;

/** The report of a suite as one HTML file without scripts: a plot for each axis, a table of all runs, the reasons of those that failed. */
export function suitePage(title: string, entries: readonly SuiteEntry[], total: number): string {
  const good = entries.filter(({ verdict }) => verdict === 'as-expected').length;
  const left = entries.length < total ? `, ${total - entries.length} not run` : '';
  const plots = sweepPlots(entries).map((plot) => `<h2>${escapeXml(plot.title)}</h2>${sweepSvg(plot)}${sweepLegend(plot.lines)}`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeXml(title)}</title><style>${STYLE}</style></head><body>
<h1>${escapeXml(title)}</h1>
<p>${good} of ${total} as expected${left}.</p>
${plots.join('\n')}
<h2>Runs</h2>
${runTable(entries)}
${reasons(entries)}
</body></html>
`;
}

function runTable(entries: readonly SuiteEntry[]): string {
  const ratios = speedUps(entries);
  const titles = ['cycles', 'time', 'speed-up', 'energy', 'estimate'].map((title) => `<th class="n">${title}</th>`);
  const rows = entries.map((entry, index) => {
    const { figures = {} } = entry;
    const cells = [
      formatCount(figures['cycles']?.value),
      figures['seconds'] === undefined ? '-' : formatSeconds(figures['seconds'].value),
      ratios[index] === undefined ? '-' : formatFixed(ratios[index], 2),
      energyCell(entry),
      formatSignedPercent(figures['estimateError']?.value),
    ];
    const verdict = entry.verdict === 'as-expected' ? entry.verdict : `<b class="bad">${entry.verdict}</b>`;
    return `<tr><td>${escapeXml(entry.name)}</td><td>${verdict}</td>${cells.map((cell) => `<td class="n">${escapeXml(cell)}</td>`).join('')}</tr>`;
  });
  const note = 'Speed-up: against the first run of the same scenario, by simulated time. Energy: * is without blocks that have no figures.';
  return `<p>${note}</p><div class="wide"><table><tr><th>run</th><th>verdict</th>${titles.join('')}</tr>${rows.join('\n')}</table></div>`;
}

/** A total without some of the blocks never looks whole. */
function energyCell({ figures = {}, energyMissing = [] }: SuiteEntry): string {
  const energy = figures['energyPj']?.value;
  if (energy === undefined || energy === 0) return '-';
  return energyMissing.length === 0 ? formatEnergy(energy) : `${formatEnergy(energy)} *`;
}

function reasons(entries: readonly SuiteEntry[]): string {
  const failed = entries.filter(({ verdict }) => verdict !== 'as-expected');
  return failed.map((entry) => `<h3>${escapeXml(entry.name)}: ${entry.verdict}</h3><pre>${escapeXml(entry.reasons.join('\n'))}</pre>`).join('\n');
}

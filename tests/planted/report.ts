import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CampaignResult, Case } from './campaign.js';
import { NAMES } from './mutator/mutate.js';
import { documentOf } from './schedule-text.js';
import { show } from './show.js';

/** The outcome as a table by kind. */
export function table({ legal, byKind, falseAlarms, unordered, crashes, missed, unchecked }: CampaignResult): string {
  const rows = [...byKind]
    .sort(([a], [b]) => a - b)
    .map(([kind, c]) => [kind, NAMES[kind], c.planted, c.effective, c.reported, c.effective - c.reported, c.strict, c.doubtful]);
  const sum = (column: number): number => rows.reduce((total, row) => total + Number(row[column]), 0);
  const lines = [
    ['kind', '', 'planted', 'effective', 'reported', 'missed', 'strict', 'doubtful'],
    ...rows,
    ['all', '', 2, 3, 4, 5, 6, 7].map((column) => (typeof column === 'number' ? sum(column) : column)),
  ];
  return [
    ...lines.map((line) => `| ${line.join(' | ')} |`).toSpliced(1, 0, '| --- | --- | --- | --- | --- | --- | --- | --- |'),
    '',
    `${legal} legal schedules: ${falseAlarms.length} false alarms, ${unordered.length} ran out of order or over their room unseen. ${missed.length} faults missed, ${unchecked.length} more by the check without time, ${crashes.length} crashes.`,
  ].join('\n');
}

/** Saves every case that went wrong, and a page with the smallest of each kind, below what the folder's NOTES.md says. */
export async function save(folder: string, result: CampaignResult, reducer?: (one: Case) => Promise<Case>): Promise<void> {
  const lists: [string, readonly Case[], (one: Case) => string][] = [
    ['missed', result.missed, ({ kind }) => `kind ${kind} (${NAMES[kind]})`],
    ['unchecked', result.unchecked, ({ kind }) => `kind ${kind} (${NAMES[kind]})`],
    ['crash', result.crashes, ({ kind, verdict }) => `${verdict.rules[0]} (kind ${kind})`],
    ['false-alarm', result.falseAlarms, ({ verdict }) => verdict.rules.join(', ')],
    ['unordered', result.unordered, ({ plan, judgement }) => `${plan.hazards}${judgement.order.some((line) => line.startsWith('buffer')) ? ' room' : ''}`],
    ['strict', result.strict, ({ verdict }) => verdict.rules.join(', ')],
  ];
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (/^(missed|unchecked|crash|false-alarm|unordered|strict)-\d+-\d+\./.test(name)) rmSync(path.join(folder, name));
  const notes = path.join(folder, 'NOTES.md');
  const page = ['# Planted faults', '', ...(existsSync(notes) ? [readFileSync(notes, 'utf8')] : []), table(result), ''];
  for (const [name, cases, groupOf] of lists) {
    page.push(`## ${name}: ${cases.length}`, '');
    const groups = new Map<string, Case[]>();
    for (const one of cases) groups.set(groupOf(one), [...(groups.get(groupOf(one)) ?? []), one]);
    for (const [group, members] of [...groups].sort()) {
      const smallest = [...members].sort((a, b) => a.plan.operations.length - b.plan.operations.length).slice(0, 3);
      page.push(`### ${name}, ${group}: ${members.length}`, '');
      for (const one of smallest) {
        const file = `${name}-${one.kind}-${one.seed}`;
        saveCase(folder, file, one);
        const least = one === smallest[0] && reducer !== undefined ? await reducer(one) : undefined;
        page.push(`- ${file}: ${one.plan.operations.length} operations, ${one.plan.machine}, ${one.plan.hazards}. ${told(one)}`);
        if (least !== undefined) page.push('', 'Reduced:', '```', show(least.plan), '```', told(least));
      }
      page.push('');
    }
  }
  writeFileSync(path.join(folder, 'SUMMARY.md'), page.join('\n'));
}

export function told({ judgement, verdict }: Case): string {
  const { malformed, values, room, order } = judgement;
  const seen = [...malformed, ...values, ...room, ...order].slice(0, 3);
  return `Interpreter: ${seen.length === 0 ? 'nothing' : seen.join('; ')}. Simulator: ${verdict.kind} (check: ${verdict.checked?.join(', ') ?? 'none'}) ${verdict.messages.slice(0, 2).join('; ')}`;
}

function saveCase(folder: string, name: string, one: Case): void {
  const { plan } = one;
  writeFileSync(path.join(folder, `${name}.schedule.json`), JSON.stringify(documentOf(plan), undefined, 1));
  writeFileSync(
    path.join(folder, `${name}.yaml`),
    `tessera: 1\nname: ${name}\nmachine: { include: "tessera:scenarios/machines/${plan.machine}.yaml" }\nschedule: ${name}.schedule.json\n`,
  );
  writeFileSync(path.join(folder, `${name}.txt`), `${told(one)}\n\n${show(plan)}\n`);
}

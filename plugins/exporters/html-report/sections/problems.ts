import { differenceText, formatCount, formatSeconds, type RunResult, type ScheduleResult } from 'tessera-sim';
import { html, NOTHING, type Markup } from '../markup.js';
import { htmlTable, section } from './table.js';

const MOST_ROWS = 200;

/** What is wrong with the run: why it stopped, broken rules, missed expectations, an impossible estimate. */
export function problems(result: RunResult): Markup {
  if (result.kind === 'experiment') return expectations(result);
  return html`${deadlock(result)}${violations(result)}${values(result)}${expectations(result)}${bounds(result)}`;
}

function deadlock({ deadlock: report }: ScheduleResult): Markup {
  if (report === undefined) return NOTHING;
  const cyclic = report.cycle.length > 0;
  const rows = (cyclic ? report.cycle : report.waits.slice(0, MOST_ROWS)).map(({ who, whom, what, sinceTick }) => [
    who,
    whom,
    what,
    formatSeconds(sinceTick / 1e12),
  ]);
  const note = cyclic ? 'Each waits for the next, and the last for the first.' : 'Waits that were never satisfied.';
  const columns = [{ title: 'who' }, { title: 'waits for' }, { title: 'what' }, { title: 'since', numeric: true }];
  return section(`Deadlock at ${formatSeconds(report.tick / 1e12)}`, note, htmlTable(columns, rows));
}

function violations({ violations: all, violationCount }: ScheduleResult): Markup {
  const rows = all
    .slice(0, MOST_ROWS)
    .map(({ rule, tick, operations, message, advice, file, line }) => [
      rule,
      formatSeconds(tick / 1e12),
      operations.join(', '),
      file === undefined ? '' : `${file}:${line ?? 1}`,
      message,
      advice,
    ]);
  const columns = [
    { title: 'rule' },
    { title: 'time', numeric: true },
    { title: 'operations' },
    { title: 'written in' },
    { title: 'what is wrong' },
    { title: 'to mend it' },
  ];
  return section(`Illegal schedule: ${formatCount(violationCount)} ${violationCount === 1 ? 'violation' : 'violations'}`, '', htmlTable(columns, rows));
}

/** What functional mode found, right or wrong. */
function values({ functional }: ScheduleResult): Markup {
  if (functional === undefined) return NOTHING;
  const { equal, compared, tensors, fingerprints } = functional;
  const note = equal ? `${formatCount(compared)} elements of the outputs are those of the reference.` : `${differenceText(functional)}.`;
  const stand = fingerprints.length === 0 ? '' : ` A fingerprint of what they read stands for the results of ${fingerprints.join(', ')}.`;
  const rows = tensors.map(({ tensor, elements, wrong }) => [tensor, formatCount(elements), formatCount(wrong)]);
  return section('Values', note + stand, htmlTable([{ title: 'output' }, { title: 'elements', numeric: true }, { title: 'wrong', numeric: true }], rows));
}

function expectations({ expectations: all }: RunResult): Markup {
  const rows = all.map(({ name, expected, actual, holds }) => [name, expected, formatCount(actual), holds ? 'yes' : html`<strong class="missed">no</strong>`]);
  const columns = [{ title: 'expectation' }, { title: 'expected' }, { title: 'actual', numeric: true }, { title: 'holds' }];
  return section('Expectations', '', htmlTable(columns, rows));
}

function bounds({ boundViolations }: ScheduleResult): Markup {
  const rows = boundViolations.map(({ layer, resource, bound, boundCycles, estimatedCycles }) => [
    layer ?? 'whole run',
    resource,
    bound,
    formatCount(boundCycles),
    formatCount(estimatedCycles),
  ]);
  const columns = [
    { title: 'layer' },
    { title: 'resource' },
    { title: 'bound' },
    { title: 'at least (cycles)', numeric: true },
    { title: 'estimated (cycles)', numeric: true },
  ];
  return section('Estimates below what is physically possible', 'No schedule can beat these bounds of the machine.', htmlTable(columns, rows));
}

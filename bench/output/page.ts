import type { BenchDocument, Ratio, StoredSeconds } from '../report.js';
import { shortNumber, verdict } from './numbers.js';
import { measurementRows } from './rows.js';
import { scopeText } from './text.js';

export interface PageFacts {
  /** What each benchmark measures, in order. */
  readonly benchmarks: readonly { readonly name: string; readonly summary: string }[];
  readonly notes: readonly string[];
  readonly runs: number;
  readonly cores: number;
  /** Mean number of running processes in the minute before the benchmarks began. */
  readonly loadAverage: number;
  /** The command that made the page. */
  readonly command: string;
}

const LONGEST_LINE = 150;

/** docs/performance.md. */
export function performancePage(document: BenchDocument, facts: PageFacts): string {
  const sections = [
    intro(document, facts),
    '## What is measured',
    facts.benchmarks.map(({ name, summary }) => wrapped(`- **${name}**: ${summary}`, '  ')).join('\n'),
    '## Measurements',
    wrapped(`Lowest, middle and highest of ${facts.runs} rounds; what takes minutes ran once. The last column is the median in the machine’s unit.`),
    measurementTable(document),
    ...ratioSection(document.ratios),
    ...storedSection(document.stored),
    ...(facts.notes.length > 0 ? ['## Notes', facts.notes.map((note) => wrapped(`- ${note}`, '  ')).join('\n')] : []),
    REPRODUCE,
  ];
  return `${sections.join('\n\n')}\n`;
}

function intro({ version, node, cpu, unit }: BenchDocument, { cores, loadAverage, command }: PageFacts): string {
  const busy = `The machine has ${cores} cores; its load average when the benchmarks began was ${loadAverage.toFixed(1)}.`;
  const advice =
    'Other programs may run beside the benchmarks on such a machine, so the seconds are those of a shared machine: trust ratios of runs in turn first, then costs in the unit, and seconds last.';
  return [
    '# Performance',
    wrapped(`Made by \`${command}\`; do not edit. Tessera ${version}, Node ${node}, ${cpu}. ${busy} ${advice}`),
    wrapped(
      unit === undefined
        ? 'There was no C++ compiler, so the unit of the machine is left out.'
        : `**Unit of the machine**: ${unit.name}. Here ${shortNumber(unit.eventsPerCpuSecond / 1e6)} million of them take a CPU second (median). A cost of 1 million unit events is as long as that loop takes for a million; it is worked out round by round.`,
    ),
    wrapped(
      '**CPU seconds** are user and system time of all threads: the optimising compiler and the garbage collector count. *Whole process* is what the operating system says of the finished child process (bash’s `time`: getrusage, in milliseconds, children included). *Run loop* is `engineCpuSeconds` of the result: the simulation alone, in the same cold process.',
    ),
  ].join('\n\n');
}

function measurementTable(document: BenchDocument): string {
  const rows = measurementRows(document).map(({ name, min, median, max, unit, inUnits }) => `| ${name} | ${min} | ${median} | ${max} | ${unit} | ${inUnits} |`);
  return ['| measured | min | median | max | | million unit events |', '| --- | ---: | ---: | ---: | --- | ---: |', ...rows].join('\n');
}

function ratioSection(ratios: readonly Ratio[]): string[] {
  if (ratios.length === 0) return [];
  const rows = ratios.map(
    ({ name, against, scope, interleaved, value, bar }) =>
      `| ${name} | ${against} | ${scopeText(scope)} | ${interleaved ? 'yes' : 'no'} | ${value.toFixed(2)} | ${bar ?? ''} | ${verdict(value, bar)} |`,
  );
  const text =
    'How many times more the other takes than this build; above 1 this build is better. The value is the median of the ratios of the single rounds. For a limit it is limit over use.';
  return [
    '## Ratios',
    wrapped(text),
    ['| what | against | scope | in turn | ratio | bar | |', '| --- | --- | --- | --- | ---: | ---: | --- |', ...rows].join('\n'),
  ];
}

function storedSection(stored: readonly StoredSeconds[]): string[] {
  if (stored.length === 0) return [];
  const rows = stored.map(({ name, tool, cpuSeconds, work, note }) => `| ${name} | ${tool} | ${shortNumber(cpuSeconds)} | ${work} | ${note} |`);
  const text =
    'CPU seconds that the reference records carry. They were taken on another machine while it was busy, so they are not set in relation to ours; `--peer` runs the tools themselves in turn with Tessera.';
  return ['## Stored in reference records', wrapped(text), ['| load | tool | CPU s | work | |', '| --- | --- | ---: | --- | --- |', ...rows].join('\n')];
}

const REPRODUCE = `## How to reproduce
\`\`\`sh
npm ci                                   # installs and builds
npm run bench                            # everything, five rounds
npm run bench -- dram noc --runs 7       # some of it
npm run bench -- --json > bench.json     # for scripts
npm run bench -- schedule --operations 300000   # quicker
npm run bench -- noc --large             # a 64 x 64 mesh, too
npm run bench -- --page                  # writes this page
\`\`\`
Against an earlier commit (any that has been built; it is used through \`tessera run FILE --json\` alone, on the very same scenario files):
\`\`\`sh
git worktree add ../before COMMIT && (cd ../before && npm ci && npm run build)
npm run bench -- quickstart dram noc startup --against ../before
\`\`\`
Against another simulator (its whole process; its binary is yours to build):
\`\`\`sh
npm run bench -- noc  --peer booksim2=/path/to/booksim
npm run bench -- dram --peer "dramsim3=/path/to/dramsim3main /path/to/DDR4_8Gb_x8_2400.ini"
npm run bench -- dram --peer "ramulator2=/path/to/ramulator2 -f ddr4-2400r-loadstore.yaml"
\`\`\`
- \`booksim2\` gets a configuration file that says what the scenario says. BookSim2 draws other random numbers, so the ratio is of CPU seconds a simulated cycle.
- \`dramsim3\` gets \`-c CYCLES -t TRACE -o FOLDER\`: the same requests for as many cycles as our run took. The .ini is DRAMsim3's own.
- \`ramulator2\` gets \`-p Frontend.path=TRACE\`; the configuration (front end LoadStoreTrace, DDR4_2400R, open rows) is yours. That front end cannot make pauses,
  so the load of one request in 200 cycles is left out. Look at the statistics that it prints: the trace is of reads, and some releases send \`LD\` as a write.
- Arguments with \`{config}\` (noc), \`{trace}\`, \`{cycles}\`, \`{requests}\` or \`{out}\` (dram) replace these: \`"ramulator2=python3 my-config.py {trace}"\`.`;

/** Breaks a paragraph at blanks, so that no line of the page is long. */
export function wrapped(text: string, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > LONGEST_LINE) {
      lines.push(line);
      line = `${indent}${word}`;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}

import { CHANGES } from './changes.js';
import { LEAST_SLOWDOWN, pairsOf, type Pair } from './anomalies.js';
import { textTable } from '../../core/text/index.js';
import { causeText } from '../../core/analysis/cause-text.js';

/**
 * `node dist/tools/anomalies/main.js [--seed 1] [--from 0] [--count 300] [--list]`: random machines before and after one resource was doubled,
 * and what of it went the wrong way, by change and by cause. Exit code 1 when a slowdown above 1 % has no
 * cause, or none that a counterfactual confirms.
 */
const flags = process.argv.slice(2);
const numberOf = (name: string, otherwise: number): number => {
  const at = flags.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(flags[at + 1]);
};

/** Of one change, with one schedule. */
class Tally {
  pairs = 0;
  replanned = 0;
  anomalies = 0;
  unexplained = 0;
  worst = 0;
  unconfirmed = 0;
  readonly firstCauses = new Map<string, number>();
  readonly confirmed = new Map<string, number>();

  add(pair: Pair): void {
    this.pairs++;
    if (pair.replanned) this.replanned++;
    this.worst = Math.max(this.worst, pair.slowdown);
    if (pair.slowdown <= LEAST_SLOWDOWN) return;
    this.anomalies++;
    if (pair.confirmed === undefined) this.unconfirmed++;
    else this.confirmed.set(pair.confirmed, (this.confirmed.get(pair.confirmed) ?? 0) + 1);
    const [first] = pair.causes;
    if (first === undefined) this.unexplained++;
    const name = first === undefined ? 'none' : first.kind === 'mechanism' ? `${first.plugin}.${first.statistic}` : first.kind;
    this.firstCauses.set(name, (this.firstCauses.get(name) ?? 0) + 1);
  }

  row(name: string): string[] {
    const causes = [...this.firstCauses].sort((a, b) => b[1] - a[1]).map(([cause, count]) => `${cause} ${count}`);
    return [
      name,
      ...[this.pairs, this.replanned, this.anomalies, this.unexplained, this.unconfirmed].map(String),
      percent(this.worst),
      causes.join(', '),
      [...this.confirmed].map(([by, number]) => `${by} ${number}`).join(', '),
    ];
  }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function lineOf({ index, drawn, change, schedule, slowdown, causes, confirmed }: Pair): string {
  const { mapper, cores, network, dram } = drawn;
  const texts = causes.map((cause) => `    ${causeText(cause)}`);
  return [
    `${index} ${mapper}, ${cores} cores, ${network.use}, ${dram.use}: ${change.name}, ${schedule} schedule: ${percent(slowdown)}, ${confirmed === undefined ? 'not confirmed' : `confirmed: ${confirmed}`}`,
    ...texts,
  ].join('\n');
}

const [seed, from, count] = [numberOf('seed', 1), numberOf('from', 0), numberOf('count', 300)];
const tallies = new Map(CHANGES.flatMap(({ name }) => [`${name}, own`, `${name}, same`]).map((name) => [name, new Tally()]));
let machines = 0;
for (let index = from; index < from + count; index++) {
  let ran = false;
  for await (const pair of pairsOf(seed, index)) {
    ran = true;
    tallies.get(`${pair.change.name}, ${pair.schedule}`)!.add(pair);
    if (flags.includes('--list') && pair.slowdown > LEAST_SLOWDOWN) process.stdout.write(`${lineOf(pair)}\n`);
  }
  if (ran) machines++;
}
const columns = ['change, schedule', 'pairs', 'replanned', 'above 1 %', 'unexplained', 'unconfirmed', 'worst', 'first cause', 'confirmed by'].map((title) => ({
  title,
}));
const rows = [...tallies].filter(([, { pairs }]) => pairs > 0).map(([name, tally]) => tally.row(name));
process.stdout.write(`${machines} machines of ${count} have a schedule\n${textTable(columns, rows, 200).join('\n')}\n`);
const total = (of: 'anomalies' | 'unexplained' | 'unconfirmed'): number => [...tallies.values()].reduce((sum, tally) => sum + tally[of], 0);
process.stdout.write(`${total('anomalies')} above 1 %, ${total('unexplained')} unexplained, ${total('unconfirmed')} not confirmed\n`);
process.exitCode = total('unexplained') + total('unconfirmed') > 0 ? 1 : 0;

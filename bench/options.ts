import { parseArgs } from 'node:util';
import { parsePeer, type Peer } from './measure/peer.js';
import { UsageError } from './usage-error.js';

export interface Options {
  /** Names of benchmarks, in the order of the list; all when none was named. */
  readonly names: readonly string[];
  readonly runs: number;
  readonly json: boolean;
  /** Write docs/performance.md. */
  readonly page: boolean;
  readonly help: boolean;
  readonly against: string | undefined;
  readonly peers: readonly Peer[];
  readonly operations: number;
  readonly large: boolean;
}

export const USAGE = `npm run bench -- [NAME...] [options]
  --runs N              rounds; each runs all contenders in turn (default 5)
  --json                the result as one JSON document
  --page                write docs/performance.md
  --against DIR         run another built checkout of Tessera in turn with this one
  --peer NAME=COMMAND   run booksim2, ramulator2 or dramsim3 in turn with this build (repeatable)
  --operations N        operations of the benchmark schedule (default 10000000)
  --large               the 64 x 64 mesh of the benchmark noc, too
  --help                this text
`;

const FLAGS = {
  runs: { type: 'string', default: '5' },
  json: { type: 'boolean', default: false },
  page: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
  against: { type: 'string' },
  peer: { type: 'string', multiple: true, default: [] as string[] },
  operations: { type: 'string', default: '10000000' },
  large: { type: 'boolean', default: false },
} as const;

/** Reads the command line. UsageError for an unknown flag or name, a number that is none, a peer that is not there. */
export function parseOptions(args: readonly string[], known: readonly string[]): Options {
  const { values, positionals } = parsed(args);
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new UsageError(`no benchmark '${unknown}'; there are ${known.join(', ')}`);
  return {
    names: known.filter((name) => positionals.length === 0 || positionals.includes(name)),
    runs: positive('--runs', values.runs),
    json: values.json,
    page: values.page,
    help: values.help,
    against: values.against,
    peers: values.peer.map(parsePeer),
    operations: positive('--operations', values.operations),
    large: values.large,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function positive(flag: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new UsageError(`${flag} is '${text}'; expected a whole number from 1`);
  return value;
}

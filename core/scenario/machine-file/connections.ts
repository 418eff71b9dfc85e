import { isPlainObject } from '../../document/places.js';
import type { LoadTools } from '../load-tools.js';
import type { RawConnection, RawSupply } from './raw-machine.js';
import { supplyOf } from './supply.js';

/** Where a `connect` list stands. */
export interface ConnectScope {
  readonly path: string;
  readonly clockPrefix: string;
  readonly supply: RawSupply;
  /** Numbers of copies of the blocks beside the list. */
  readonly copies: ReadonlyMap<string, number>;
}

const MAX_CONNECTIONS = 262_144;
const OPTION_KEYS = ['fromWidthBits', 'toWidthBits', 'conversionCycles', 'pipelined', 'energyPerBitPj', 'depth', 'clock'] as const;

/** Adds the connections of a `connect` list, port paths relative to the scope's path, clocks relative to its clock prefix. */
export function expandConnections(list: unknown, scope: ConnectScope, out: RawConnection[], tools: LoadTools): void {
  if (!Array.isArray(list)) return;
  list.forEach((entry: unknown, index) => {
    const place = tools.places.ofValue(list, index) ?? { file: '' };
    const written = isPlainObject(entry) ? entry : { from: (entry as string[])[0], to: (entry as string[])[1] };
    const repeat = repeatOf(written, `${scope.path}connect.${index}.repeat`, scope, tools);
    // Of what repeats for nobody, no end is looked at: one message is enough.
    if (repeat === undefined && written['repeat'] !== undefined) return;
    if (out.length + (repeat ?? 1) > MAX_CONNECTIONS) {
      tools.problems.add(place, `${scope.path}connect.${index}`, 'too many connections', `at most ${MAX_CONNECTIONS}`);
      return;
    }
    for (let i = 0; i < (repeat ?? 1); i++) {
      const end = (key: 'from' | 'to'): string => `${scope.path}${countIn(String(written[key]), repeat === undefined ? undefined : i)}`;
      const connection: RawConnection = {
        from: end('from'),
        to: end('to'),
        latencyCycles: 1,
        widthBits: Infinity,
        options: {},
        supply: supplyOf(written, scope.supply, tools),
        scope: scope.path,
        clockPrefix: scope.clockPrefix,
        place,
      };
      stateLink(connection, written);
      out.push(connection);
    }
  });
}

/** A number, or that of the copies of a block; undefined for a single connection. */
function repeatOf(written: Readonly<Record<string, unknown>>, path: string, { copies }: ConnectScope, { places, problems }: LoadTools): number | undefined {
  const repeat = written['repeat'];
  if (typeof repeat !== 'string') return typeof repeat === 'number' ? repeat : undefined;
  const count = copies.get(repeat);
  if (count === undefined) problems.unknown(places.ofValue(written, 'repeat'), path, 'block with copies', repeat, [...copies.keys()]);
  return count;
}

/** Takes over what is written of a link, already validated. */
export function stateLink(connection: RawConnection, written: Readonly<Record<string, unknown>>): void {
  if (typeof written['latencyCycles'] === 'number') connection.latencyCycles = written['latencyCycles'];
  if (typeof written['widthBits'] === 'number') connection.widthBits = written['widthBits'];
  const stated = OPTION_KEYS.filter((key) => written[key] !== undefined);
  const value = (key: string): unknown => (key === 'clock' ? `${connection.clockPrefix}${String(written[key])}` : written[key]);
  connection.options = { ...connection.options, ...Object.fromEntries(stated.map((key) => [key, value(key)])) };
}

/** Replaces `{i}`, `{2i}`, `{2i+1}`, `{i-1}` by their values; leaves the text alone outside a repeat. */
function countIn(text: string, i: number | undefined): string {
  if (i === undefined) return text;
  return text.replace(/\{(\d*)\*?i([+-]\d+)?\}/g, (_, factor: string, offset: string | undefined) =>
    String((factor === '' ? 1 : Number(factor)) * i + Number(offset ?? 0)),
  );
}

import type { SourcePlace } from '../errors.js';
import { isPlainObject } from '../plugin/places.js';
import type { MachineTools } from './load-machine.js';

/** A connection as written, its ends with full paths. */
export interface RawConnection {
  from: string;
  to: string;
  latencyCycles: number;
  widthBits: number;
  depth: number | undefined;
  clock: string | undefined;
  readonly place: SourcePlace;
}

const MAX_CONNECTIONS = 262_144;

/** Adds the connections of a `connect` list, port paths relative to `prefix`, clocks relative to `clockPrefix`. */
export function expandConnections(list: unknown, prefix: string, clockPrefix: string, out: RawConnection[], tools: MachineTools): void {
  if (!Array.isArray(list)) return;
  list.forEach((entry: unknown, index) => {
    const place = tools.places.ofValue(list, index) ?? { file: '' };
    const written = isPlainObject(entry) ? entry : { from: (entry as string[])[0], to: (entry as string[])[1] };
    const repeat = typeof written['repeat'] === 'number' ? written['repeat'] : undefined;
    if (out.length + (repeat ?? 1) > MAX_CONNECTIONS) {
      tools.problems.add(place, `${prefix}connect.${index}`, 'too many connections', `at most ${MAX_CONNECTIONS}`);
      return;
    }
    for (let i = 0; i < (repeat ?? 1); i++) {
      const end = (key: 'from' | 'to'): string => `${prefix}${countIn(String(written[key]), repeat === undefined ? undefined : i)}`;
      out.push({
        from: end('from'),
        to: end('to'),
        latencyCycles: (written['latencyCycles'] as number | undefined) ?? 1,
        widthBits: (written['widthBits'] as number | undefined) ?? Infinity,
        depth: written['depth'] as number | undefined,
        clock: written['clock'] === undefined ? undefined : `${clockPrefix}${String(written['clock'])}`,
        place,
      });
    }
  });
}

/** Replaces `{i}`, `{2i}`, `{2i+1}`, `{i-1}` by their values; leaves the text alone outside a repeat. */
function countIn(text: string, i: number | undefined): string {
  if (i === undefined) return text;
  return text.replace(/\{(\d*)\*?i([+-]\d+)?\}/g, (_, factor: string, offset: string | undefined) =>
    String((factor === '' ? 1 : Number(factor)) * i + Number(offset ?? 0)),
  );
}

import { fileURLToPath } from 'node:url';

export interface ScriptPlace {
  readonly file: string;
  readonly line: string;
}

const FRAME = /\(?((?:file:\/\/|\/|[A-Za-z]:\\)[^()]*?):(\d+):\d+\)?$/;

/** Where an error was thrown: the first frame of its stack that is in a file. */
export function scriptOf(thrown: unknown): ScriptPlace | undefined {
  if (!(thrown instanceof Error)) return undefined;
  for (const line of (thrown.stack ?? '').split('\n')) {
    const [, place, number] = FRAME.exec(line) ?? [];
    if (place === undefined || number === undefined) continue;
    return { file: place.startsWith('file://') ? fileURLToPath(place) : place, line: number };
  }
  return undefined;
}

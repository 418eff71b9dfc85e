import { stringify } from 'yaml';
import { InputError } from '../errors.js';
import type { Schedule } from '../schedule/form/form.js';
import { scheduleLines } from '../schedule/form/write.js';

/** A longer one is written as NDJSON, an operation on a line: a YAML text is made in one piece. */
const MOST_YAML_OPERATIONS = 100_000;
const CHUNK_CHARACTERS = 2 ** 20;

/**
 * A schedule as the content of a file that runs again: YAML or JSON by the file's ending, NDJSON for any other.
 * InputError for one that is too long for the form.
 */
export function scheduleContent(schedule: Schedule, file: string): Uint8Array {
  const ending = /\.(ya?ml|json)$/i.exec(file)?.[1]?.toLowerCase();
  if (ending === undefined) return joined(scheduleLines(schedule));
  const { operationCount: _, operations, ...header } = schedule;
  const document = { tesseraSchedule: 1, ...header, operations: listed(operations, file) };
  return Buffer.from(ending === 'json' ? `${JSON.stringify(document, undefined, 1)}\n` : stringify(document, { aliasDuplicateObjects: false, lineWidth: 0 }));
}

function listed<T>(operations: Iterable<T>, file: string): T[] {
  const list: T[] = [];
  for (const operation of operations) {
    if (list.length === MOST_YAML_OPERATIONS)
      throw new InputError({
        file,
        message: `more than ${MOST_YAML_OPERATIONS} operations are too many for this form`,
        expected: 'a name that ends in .ndjson',
      });
    list.push(operation);
  }
  return list;
}

/** A long schedule is no single string. */
function joined(lines: Iterable<string>): Uint8Array {
  const chunks: Buffer[] = [];
  let text = '';
  for (const line of lines) {
    text += `${line}\n`;
    if (text.length < CHUNK_CHARACTERS) continue;
    chunks.push(Buffer.from(text));
    text = '';
  }
  return Buffer.concat([...chunks, Buffer.from(text)]);
}

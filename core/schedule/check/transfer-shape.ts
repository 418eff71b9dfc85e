import { InputError } from '../../errors.js';
import type { OperationRecord } from '../resolve/record.js';
import type { ViolationLog } from './violations.js';

/** Every region written takes all that is read: of a reduction as much as each source has, else the sources one after the other. */
export function checkTransferShape(record: OperationRecord, log: ViolationLog): void {
  const { reads, writes, form, id } = record;
  if (reads.length === 1 && writes.every(({ elements }) => elements === reads[0]!.elements)) return;
  const total = reads.reduce((sum, region) => sum + region.elements, 0);
  const expected = form.reduce === undefined ? total : (reads[0]?.elements ?? 0);
  const unequal = form.reduce === undefined ? undefined : reads.find((region) => region.elements !== expected);
  const wrong = unequal ?? writes.find((region) => region.elements !== expected);
  if (wrong === undefined) return;
  const what =
    wrong === unequal
      ? `adds ${wrong.elements} elements of '${wrong.tensor}' to ${expected}`
      : `reads ${expected} elements but writes ${wrong.elements} of '${wrong.tensor}'`;
  log.report({
    rule: 'shape-mismatch',
    message: `operation ${id} ${what}`,
    advice: 'write as many elements as are read',
    operations: [id],
    tensor: wrong.tensor,
  });
}

/** What no machine could carry out as a reduction. */
export function checkReduction({ id, form, reads, writes }: OperationRecord): void {
  const path = `operation ${id}`;
  if (form.kind !== 'transfer') throw new InputError({ path: `${path}.reduce`, message: `a ${form.kind} does not reduce`, expected: "kind 'transfer'" });
  if (form.reduce !== 'add') throw new InputError({ path: `${path}.reduce`, message: `no reduction '${String(form.reduce)}'`, expected: 'add' });
  if (reads.length < 2) throw new InputError({ path: `${path}.reads`, message: `a reduction of ${reads.length} region`, expected: 'two or more' });
  const format = reads[0]!.format;
  const odd = [...reads, ...writes].find((region) => region.format !== format);
  if (odd !== undefined)
    throw new InputError({ path, message: `a reduction adds elements of one format, but '${odd.tensor}' has ${odd.format}`, expected: format });
}

import type { WaitFor } from '../../kernel/deadlock.js';
import type { OperationRecord } from '../resolve/record.js';
import type { IssueQueue } from './issue-queue.js';

/** What the unfinished operations wait for, for the report of a deadlock. @param blockOf path of the block behind a queue */
export function waitsOf(live: Iterable<OperationRecord>, queues: readonly IssueQueue[], blockOf: (queue: string) => string): WaitFor[] {
  const records = [...live];
  return records.flatMap((record) => {
    const queue = queues[record.queue]!;
    return record.issued ? [runningWait(record, blockOf(queue.name))] : pendingWaits(record, records, queue);
  });
}

function runningWait(record: OperationRecord, whom: string): WaitFor {
  return { who: `operation ${record.id}`, whom, what: `end of its ${record.form.kind}`, sinceTick: record.issueTick };
}

function pendingWaits(record: OperationRecord, records: readonly OperationRecord[], queue: IssueQueue): WaitFor[] {
  const who = `operation ${record.id}`;
  const waits: WaitFor[] = [];
  for (const other of records) {
    if (isHeldBy(record, other)) waits.push({ who, whom: `operation ${other.id}`, what: 'its end', sinceTick: record.fetchTick });
  }
  for (const { buffer, freedNeeded } of record.claims) {
    if (buffer.freedBytes >= freedNeeded) continue;
    waits.push({ who, whom: `buffer ${buffer.name}`, what: `${freedNeeded - buffer.freedBytes} bytes of room`, sinceTick: record.readyTick });
  }
  if (waits.length > 0) return waits;
  if (queue.head !== record) return [{ who, whom: `operation ${queue.head?.id}`, what: `its turn in queue ${queue.name}`, sinceTick: record.fetchTick }];
  return [{ who, whom: queue.name, what: 'the unit to accept it', sinceTick: record.readyTick }];
}

function isHeldBy(record: OperationRecord, other: OperationRecord): boolean {
  for (let link = other.firstDependant; link !== undefined; link = link.next) if (link.record === record) return true;
  return false;
}

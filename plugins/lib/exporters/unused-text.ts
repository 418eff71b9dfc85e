import type { ScheduleResult, UnusedBlock } from 'tessera-sim';

/** Paths that a sentence lists before it says how many more there are. */
const MOST_PATHS = 6;

/** `l2.sram was not used: ...`, one sentence for all blocks of one reason. */
export function unusedSentences({ unused = [] }: Pick<ScheduleResult, 'unused'>): string[] {
  const groups = new Map<string, [UnusedBlock, ...UnusedBlock[]]>();
  for (const block of unused) {
    const key = `${block.kind} ${block.reason}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [block]);
    else group.push(block);
  }
  return [...groups.values()].map((blocks) => `${subject(blocks)} not used: ${blocks[0].reason}`);
}

function subject(blocks: readonly [UnusedBlock, ...UnusedBlock[]]): string {
  const paths = blocks.map(({ block }) => block);
  const shown = paths.slice(0, MOST_PATHS).join(', ');
  const names = paths.length > MOST_PATHS ? `${shown} and ${paths.length - MOST_PATHS} more` : shown;
  if (blocks[0].kind === 'pim') return `the compute units of ${names} were`;
  return `${names} ${paths.length === 1 ? 'was' : 'were'}`;
}

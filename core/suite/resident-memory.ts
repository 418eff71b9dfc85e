import { readFileSync } from 'node:fs';

const BYTES_PER_MIB = 2 ** 20;
/** Of every Linux that Node runs on, but for some ARM machines, where less is seen than there is. */
const PAGE_BYTES = 4096;

/** Memory that a process holds, in MiB; 0 where the system does not say (it does on Linux). */
export function residentMiB(pid: number): number {
  if (process.platform !== 'linux') return 0;
  try {
    const [, pages = '0'] = readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ');
    return (Number(pages) * PAGE_BYTES) / BYTES_PER_MIB;
  } catch {
    return 0;
  }
}

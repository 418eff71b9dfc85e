import type { RegionAccess } from '../schedule/form/form.js';
import type { OperationRecord } from '../schedule/resolve/record.js';

interface Release {
  readonly operation: number;
  readonly access: RegionAccess;
  /** Earlier operations that use the buffer and have not ended. */
  readonly waitsFor: Set<number>;
}

/**
 * Releases whose contents are not dead yet: the operation that releases has ended, but one before it in program order, which may use the
 * same buffer, has not.
 */
export class Pending {
  /** Buffers of operations that have been read from the schedule and have not ended, by their ids in ascending order. */
  private readonly unfinished = new Map<number, ReadonlySet<string>>();
  private releases: Release[] = [];

  constructor(private readonly release: (operation: number, access: RegionAccess) => void) {}

  admit({ id, form }: OperationRecord): void {
    const buffers = [...(form.reads ?? []), ...(form.writes ?? [])].flatMap(({ buffer }) => buffer ?? []);
    this.unfinished.set(id, new Set(buffers));
  }

  finish({ id, form }: OperationRecord): void {
    this.unfinished.delete(id);
    for (const release of this.releases) release.waitsFor.delete(id);
    for (const access of form.releases ?? []) this.releases.push({ operation: id, access, waitsFor: this.earlierUsers(id, access) });
    const due = this.releases.filter(({ waitsFor }) => waitsFor.size === 0);
    if (due.length === 0) return;
    this.releases = this.releases.filter(({ waitsFor }) => waitsFor.size > 0);
    for (const { operation, access } of due) this.release(operation, access);
  }

  private earlierUsers(operation: number, { buffer }: RegionAccess): Set<number> {
    const users = new Set<number>();
    for (const [id, buffers] of this.unfinished) {
      if (id >= operation) break;
      if (buffer !== undefined && buffers.has(buffer)) users.add(id);
    }
    return users;
  }
}

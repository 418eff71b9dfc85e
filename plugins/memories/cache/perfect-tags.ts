import { TagStore } from './tag-store.js';

/** Tags of a cache that holds every line, and that keeps no memory waiting for what was written. */
export class PerfectTags extends TagStore {
  override find(): number {
    return 0;
  }

  override markDirty(): void {}
}

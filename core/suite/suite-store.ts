import type { ResultStore, StoredResult } from '../plugin/suite-plugins.js';

/**
 * Where the results of one suite go: into the lasting store what another run would give again, into the spool the rest, which is read
 * back when this suite's output is written. Without a spool the rest is dropped.
 */
export class SuiteStore implements ResultStore {
  constructor(
    private readonly lasting: ResultStore | undefined,
    private readonly spool: ResultStore | undefined,
  ) {}

  async has(key: string): Promise<boolean> {
    return this.lasting?.has(key) ?? false;
  }

  async put(key: string, result: StoredResult): Promise<void> {
    const isLasting = result.summary.isReproducible && this.lasting !== undefined;
    await (isLasting ? this.lasting : this.spool)?.put(key, result);
  }

  async get(key: string): Promise<StoredResult | undefined> {
    return (await this.spool?.get(key)) ?? (await this.lasting?.get(key));
  }
}

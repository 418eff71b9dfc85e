import type { ResultStore, StoredResult } from '../plugin/suite-plugins.js';
import { thrownText } from '../text/thrown.js';

/**
 * Where the results of one suite go: into the lasting store what another run would give again, into the spool the rest, which is read
 * back when this suite's output is written. Without a spool the rest is dropped. A result that cannot be kept is told of, and the suite goes on:
 * its summary is in memory.
 */
export class SuiteStore implements ResultStore {
  constructor(
    private readonly lasting: ResultStore | undefined,
    private readonly spool: ResultStore | undefined,
    private readonly onLost: (error: Error) => void = rethrow,
  ) {}

  async has(key: string): Promise<boolean> {
    return this.lasting?.has(key) ?? false;
  }

  async put(key: string, result: StoredResult): Promise<void> {
    if (result.summary.isReproducible && this.lasting !== undefined && (await this.tryPut(this.lasting, key, result))) return;
    if (this.spool !== undefined) await this.tryPut(this.spool, key, result);
  }

  private async tryPut(store: ResultStore, key: string, result: StoredResult): Promise<boolean> {
    try {
      await store.put(key, result);
      return true;
    } catch (error) {
      this.onLost(error instanceof Error ? error : new Error(thrownText(error)));
      return false;
    }
  }

  async get(key: string): Promise<StoredResult | undefined> {
    return (await this.spool?.get(key)) ?? (await this.lasting?.get(key));
  }
}

function rethrow(error: Error): never {
  throw error;
}

import { definePlugin, type ResultStore, type StoredResult } from 'tessera-sim';

/** For programs and tests: everything stays in memory, as text, and goes with the process. */
export class MemoryStore implements ResultStore {
  private readonly results = new Map<string, StoredResult>();

  async has(key: string): Promise<boolean> {
    return this.results.has(key);
  }

  async put(key: string, result: StoredResult): Promise<void> {
    this.results.set(key, result);
  }

  async get(key: string): Promise<StoredResult | undefined> {
    return this.results.get(key);
  }
}

export default definePlugin({
  kind: 'store',
  name: 'memory',
  version: '1.0.0',
  summary: 'Keeps results in memory, for programs that run a suite themselves',
  configSchema: { type: 'object', additionalProperties: false, properties: {} },
  open: async () => new MemoryStore(),
});

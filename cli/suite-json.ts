import { once } from 'node:events';
import { encodeNonFinite } from '../core/document/non-finite.js';
import { displayPath } from '../core/document/versions.js';
import type { ResultStore, StoredResult } from '../core/plugin/suite-plugins.js';
import type { SuiteEntry } from '../core/suite/run-suite.js';
import { fromHere } from './base-command.js';
import { thrownMessage } from '../core/text/thrown.js';

/** Prints what `--json` says of a suite, `{ runs, total }`, result by result out of the store: never are all in memory. */
export async function printSuiteJson(entries: readonly SuiteEntry[], store: ResultStore, total: number): Promise<void> {
  await write('{\n  "runs": [');
  for (const [index, entry] of entries.entries()) {
    const text = JSON.stringify(await runOf(entry, store), undefined, 2).replaceAll('\n', '\n    ');
    await write(`${index === 0 ? '' : ','}\n    ${text}`);
  }
  await write(`${entries.length === 0 ? '' : '\n  '}],\n  "total": ${total}\n}\n`);
}

async function runOf(entry: SuiteEntry, store: ResultStore): Promise<unknown> {
  const { name, file, verdict, reasons, problems, wallSeconds, isFromStore, key } = entry;
  const document = key === undefined ? undefined : (await kept(key, store))?.document;
  const head = { name, file: fromHere(file), verdict, reasons: reasons.map(fromHere), problems, wallSeconds, ...(isFromStore ? { isFromStore } : {}) };
  if (document === undefined) return encodeNonFinite(head);
  const result = JSON.parse(document) as Readonly<Record<string, unknown>>;
  // A stored result names its file as it was called where it was run.
  return { ...(encodeNonFinite(head) as object), result: isFromStore ? { ...result, file: displayPath(file) } : result };
}

/** A result that has gone from the store since is left out: the run is told all the same. */
async function kept(key: string, store: ResultStore): Promise<StoredResult | undefined> {
  try {
    return await store.get(key);
  } catch (error) {
    process.stderr.write(`warning: a stored result cannot be read: ${thrownMessage(error)}\n`);
    return undefined;
  }
}

async function write(text: string): Promise<void> {
  const { stdout } = process;
  // A reader that has left wants nothing more, and no room comes free.
  if (stdout.errored != null || stdout.write(text)) return;
  const ended = new AbortController();
  const { signal } = ended;
  await Promise.race([once(stdout, 'drain', { signal }), once(stdout, 'close', { signal })]).catch(() => {});
  ended.abort();
}

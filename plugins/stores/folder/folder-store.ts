import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { checkOutputFolder, decodeNonFinite, encodeNonFinite, writeWhole, type ResultStore, type RunSummary, type StoredResult } from 'tessera-sim';

interface StoredDocument {
  readonly tesseraStoredResult: 1;
  readonly key: string;
  /** SHA-256 of the JSON of `summary` and of `result`, one behind the other. */
  readonly sha256: string;
  readonly summary: unknown;
  readonly result: unknown;
}

/** `KEY.json` in folders of the first two digits: no folder gets large. Files are put in place whole. */
export class FolderStore implements ResultStore {
  private constructor(private readonly folder: string) {}

  /** The folder is made with the first result. InputError when it cannot be, or nothing can be written there. */
  static open(folder: string): FolderStore {
    checkOutputFolder(folder);
    return new FolderStore(path.resolve(folder));
  }

  async has(key: string): Promise<boolean> {
    return existsSync(this.fileOf(key));
  }

  async put(key: string, { summary, document }: StoredResult): Promise<void> {
    const head = JSON.stringify(encodeNonFinite(summary));
    const sha256 = digestOf(head, document);
    writeWhole(this.fileOf(key), `{"tesseraStoredResult":1,"key":"${key}","sha256":"${sha256}",\n"summary":${head},\n"result":${document}}\n`);
  }

  async get(key: string): Promise<StoredResult | undefined> {
    const file = this.fileOf(key);
    if (!existsSync(file)) return undefined;
    const damaged = (how: string): Error => new Error(`${file}: ${how}`);
    let stored: StoredDocument;
    try {
      stored = JSON.parse(readFileSync(file, 'utf8')) as StoredDocument;
    } catch (error) {
      throw damaged((error as Error).message);
    }
    if (typeof stored !== 'object' || stored?.tesseraStoredResult !== 1) throw damaged('this is no stored result');
    if (stored.key !== key) throw damaged('it belongs to another key');
    const [head, document] = [JSON.stringify(stored.summary) ?? '', JSON.stringify(stored.result) ?? ''];
    if (stored.sha256 !== digestOf(head, document)) throw damaged('its digest does not fit what it holds');
    decodeNonFinite({}, stored.summary);
    return { summary: stored.summary as RunSummary, document };
  }

  private fileOf(key: string): string {
    // A digest; anything else could leave the folder.
    if (!/^[\w-]+$/.test(key)) throw new Error(`'${key}' is no key of a result`);
    return path.join(this.folder, key.slice(0, 2), `${key}.json`);
  }
}

function digestOf(summary: string, document: string): string {
  return createHash('sha256').update(summary).update(document).digest('hex');
}

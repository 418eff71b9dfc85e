import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { PluginCode } from '../../core/index.js';

/** One answer: this code may run. */
interface Consent {
  readonly sha256: string;
  /** Where the code was when it was agreed to: tells changed code from code that was never seen. */
  readonly at: string;
  /** Time of the answer, ISO 8601. */
  readonly agreed: string;
}

interface ConsentDocument {
  readonly tesseraConsents: 1;
  readonly plugins: readonly Consent[];
}

const FILE = 'plugins.json';
const MAX_BYTES = 16 * 2 ** 20;

/** What a user has agreed to, in a file of his own configuration. One that is damaged or that others may write to counts as empty. */
export class ConsentStore {
  private consents: readonly Consent[] | undefined;

  /** @param warn told once of a file that cannot be trusted, and of one that cannot be written. */
  constructor(
    private readonly file: string,
    private readonly warn: (message: string) => void,
  ) {}

  /** In the folder of `TESSERA_CONFIG`, or `tessera` in the system's folder for configurations; undefined without a home. */
  static ofUser(warn: (message: string) => void, environment: NodeJS.ProcessEnv = process.env): ConsentStore | undefined {
    const folder = userFolder(environment);
    return folder === undefined ? undefined : new ConsentStore(path.join(folder, FILE), warn);
  }

  has({ sha256 }: PluginCode): boolean {
    return this.all().some((consent) => consent.sha256 === sha256);
  }

  /** Other code of the same place was agreed to. */
  hasFormer({ at, sha256 }: PluginCode): boolean {
    return this.all().some((consent) => consent.at === at && consent.sha256 !== sha256);
  }

  /** Keeps an answer. It holds for this process also where it cannot be written. */
  add({ at, sha256 }: PluginCode): void {
    const known = this.read();
    this.consents = [...known.consents.filter((consent) => consent.sha256 !== sha256), { sha256, at, agreed: new Date().toISOString() }];
    const document: ConsentDocument = { tesseraConsents: 1, plugins: this.consents };
    const unfinished = `${this.file}.${process.pid}`;
    try {
      makeFolder(path.dirname(this.file));
      if (known.problem !== undefined) renameSync(this.file, `${this.file}.damaged`);
      writeFileSync(unfinished, `${JSON.stringify(document, undefined, 2)}\n`, { mode: 0o600 });
      renameSync(unfinished, this.file);
    } catch (error) {
      this.warn(`the answer could not be kept (${(error as NodeJS.ErrnoException).code ?? String(error)}: ${this.file}) and will be asked for again`);
    }
  }

  private all(): readonly Consent[] {
    if (this.consents !== undefined) return this.consents;
    const { consents, problem } = this.read();
    if (problem !== undefined) this.warn(`${this.file} ${problem}: no answer in it counts`);
    return (this.consents = consents);
  }

  /** Anew each time: another process may have added to it. */
  private read(): { readonly consents: readonly Consent[]; readonly problem?: string } {
    if (!existsSync(this.file)) return { consents: [] };
    const problem = problemOf(this.file);
    if (problem !== undefined) return { consents: [], problem };
    try {
      const document = JSON.parse(readFileSync(this.file, 'utf8')) as Partial<ConsentDocument> | null;
      if (document?.tesseraConsents !== 1 || !Array.isArray(document.plugins)) return { consents: [], problem: 'has another form' };
      const consents = (document.plugins as readonly unknown[]).filter(isConsent);
      return consents.length === document.plugins.length ? { consents } : { consents: [], problem: 'has another form' };
    } catch (error) {
      return { consents: [], problem: error instanceof SyntaxError ? 'is damaged' : `cannot be read (${(error as NodeJS.ErrnoException).code})` };
    }
  }
}

/** And the one above, `.config`, at most. Not `recursive`: Node's own way never ends below /proc. */
function makeFolder(folder: string): void {
  for (const part of [path.dirname(folder), folder]) if (!existsSync(part)) mkdirSync(part, { mode: 0o700 });
}

function problemOf(file: string): string | undefined {
  const found = statSync(file);
  if (!found.isFile()) return 'is no file';
  if (found.size > MAX_BYTES) return 'is too large';
  if (process.getuid === undefined) return undefined;
  if (found.uid !== process.getuid()) return 'belongs to another user';
  return (found.mode & 0o022) === 0 ? undefined : 'can be written by other users';
}

function isConsent(value: unknown): value is Consent {
  const { sha256, at, agreed } = (value ?? {}) as Partial<Record<keyof Consent, unknown>>;
  return typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256) && typeof at === 'string' && typeof agreed === 'string';
}

function userFolder({ TESSERA_CONFIG: own, XDG_CONFIG_HOME: xdg, LOCALAPPDATA: local, HOME: home }: NodeJS.ProcessEnv): string | undefined {
  if (own !== undefined && own !== '') return path.resolve(own);
  const xdgFolder = xdg && path.isAbsolute(xdg) ? xdg : undefined;
  const base = xdgFolder ?? (process.platform === 'win32' ? local : home && path.join(home, '.config'));
  return base && path.isAbsolute(base) ? path.join(base, 'tessera') : undefined;
}

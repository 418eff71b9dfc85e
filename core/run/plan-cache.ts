import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { bundleDigest } from '../document/bundle-digest.js';
import { writeWhole } from '../document/write-whole.js';
import type { MachineDescription } from '../model/machine-facts.js';
import type { Schedule, ScheduleOperation } from '../schedule/form/form.js';
import type { Workload } from '../workload/layer.js';

/** Changed with the form of the entries. */
const FORM = 1;
const ENDING = '.plan';
/** Longer schedules are not kept: reading them takes as long as making them. */
const MOST_OPERATIONS = 30_000;
/** All entries together; those that nobody has used for longest go first. */
const MOST_BYTES = 256 * 2 ** 20;

/** Everything that a plan depends on, but the build of Tessera. */
export interface PlanInputs {
  readonly mapper: { readonly name: string; readonly version: string; readonly config: unknown };
  readonly workload: Workload;
  readonly machine: MachineDescription;
  readonly seed: number;
}

/**
 * Schedules that mappers have made, in files named by a hash of all that they depend on. A cache is a convenience: an entry that is
 * damaged counts as absent and is written anew, and where nothing can be written nothing is said.
 */
export class PlanCache {
  /** @param build what the code is: plans of another build are never taken */
  constructor(
    private readonly folder: string,
    private readonly build: string,
    private readonly limits: { readonly mostBytes: number } = { mostBytes: MOST_BYTES },
  ) {}

  /**
   * The user's: the folder of `TESSERA_PLAN_CACHE`, or `tessera/plans` in the cache folder of the system. Undefined when that is `off`, when
   * there is no home, and when the code runs module by module (tests, tools): then nobody knows its build.
   */
  static ofUser(environment: NodeJS.ProcessEnv = process.env): PlanCache | undefined {
    const folder = userFolder(environment);
    const build = folder === undefined ? undefined : bundleDigest();
    return folder === undefined || build === undefined ? undefined : new PlanCache(folder, build);
  }

  keyOf({ mapper, workload, machine, seed }: PlanInputs): string {
    const { name, blocks, connections, clocks, referenceClock } = machine;
    const parts = blocks.map(({ path: at, plugin, pluginKind, clock, config, facts }) => [at, plugin, pluginKind, clock.frequencyHz, config, facts]);
    const described = {
      name,
      blocks: parts,
      connections,
      clocks: [...clocks].map(([clock, { frequencyHz }]) => [clock, frequencyHz]),
      reference: referenceClock.frequencyHz,
    };
    return createHash('sha256')
      .update(JSON.stringify([FORM, this.build, mapper, workload, described, seed], writtenOut))
      .digest('hex');
  }

  read(key: string): Schedule | undefined {
    const file = this.fileOf(key);
    try {
      const text = readFileSync(file, 'utf8');
      const end = text.indexOf('\n');
      const body = text.slice(end + 1);
      if (end < 0 || text.slice(0, end) !== digestOf(body)) return undefined;
      const schedule = JSON.parse(body) as Schedule;
      const now = new Date();
      utimesSync(file, now, now);
      return schedule;
    } catch {
      return undefined;
    }
  }

  /** Keeps a schedule, and returns one that has the same operations in memory; a long one is returned as it is. */
  keep(key: string, schedule: Schedule): Schedule {
    const operations: ScheduleOperation[] = [];
    for (const operation of schedule.operations) {
      operations.push(operation);
      if (operations.length > MOST_OPERATIONS) return schedule;
    }
    const whole = { ...schedule, operations, operationCount: operations.length };
    this.write(key, JSON.stringify(whole));
    return whole;
  }

  /** An entry that a power failure has cut short does not fit its digest. */
  private write(key: string, body: string): void {
    try {
      writeWhole(this.fileOf(key), `${digestOf(body)}\n${body}`, { isDurable: false, folderMode: 0o700 });
      this.makeRoom();
    } catch {
      // A full disk, or a folder that cannot be written to.
    }
  }

  private makeRoom(): void {
    const files = readdirSync(this.folder)
      .filter((name) => name.includes(ENDING))
      .map((name) => {
        const file = path.join(this.folder, name);
        const { size, mtimeMs } = statSync(file);
        return { file, size, mtimeMs };
      })
      .sort((a, b) => b.mtimeMs - a.mtimeMs);
    let bytes = 0;
    for (const { file, size } of files) {
      bytes += size;
      if (bytes > this.limits.mostBytes) rmSync(file, { force: true });
    }
  }

  private fileOf(key: string): string {
    return path.join(this.folder, `${key}${ENDING}`);
  }
}

/** Numbers that JSON has no word for are told apart; functions (closed forms) are the build's. */
function writtenOut(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? `${value}` : value;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function userFolder(environment: NodeJS.ProcessEnv): string | undefined {
  const { TESSERA_PLAN_CACHE: own, XDG_CACHE_HOME: xdg, LOCALAPPDATA: local, HOME: home } = environment;
  if (own === 'off') return undefined;
  if (own !== undefined && own !== '') return path.resolve(own);
  const base = xdg || (process.platform === 'win32' ? local : home && path.join(home, '.cache'));
  return base && path.isAbsolute(base) ? path.join(base, 'tessera', 'plans') : undefined;
}

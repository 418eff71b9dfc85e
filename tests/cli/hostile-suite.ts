import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { project } from './harness.js';

/** A block that does no good, wherever it is asked to do something. */
interface Hostility {
  readonly name: string;
  /** JavaScript by where it runs; `import` is the module's own level. */
  readonly code?: Readonly<Partial<Record<'import' | 'describe' | 'create' | 'start' | 'finish' | 'collect' | 'map', string>>>;
  /** Instead of a scenario with a plugin: the file's text. */
  readonly text?: string;
  /** What the suite says of it. */
  readonly reason: RegExp;
}

const OVERTIME = /limits\.maxWallSeconds/;

/** Twelve kinds of trouble, and more; each ends one point and nothing else. */
export const HOSTILITIES: readonly Hostility[] = [
  { name: 'exits-at-import', code: { import: 'process.exit(0);' }, reason: /ended during this run \(exit code 0\).*exits-at-import/ },
  { name: 'loops-at-import', code: { import: 'for (;;);' }, reason: OVERTIME },
  { name: 'exits-in-start', code: { start: 'process.exit(0);' }, reason: /ended during this run \(exit code 0\).*'hostile-exits-in-start'/ },
  { name: 'loops-in-start', code: { start: 'for (;;);' }, reason: OVERTIME },
  { name: 'throws-in-start', code: { start: "throw new TypeError('start boom');" }, reason: /hostile-throws-in-start.*start boom/ },
  { name: 'throws-in-finish', code: { finish: "throw new TypeError('finish boom');" }, reason: /hostile-throws-in-finish.*finish boom/ },
  {
    name: 'throws-nothing-to-show',
    code: { start: 'throw Object.create(null);' },
    reason: /'hostile-throws-nothing-to-show' failed to start: an object that cannot be shown/,
  },
  { name: 'cannot-be-described', code: { describe: 'throw Object.create(null);' }, reason: /'hostile-cannot-be-described' could not describe its block/ },
  {
    name: 'throws-later',
    code: { start: "setTimeout(() => { throw new Error('later boom'); }, 1);" },
    reason: /throws-later.*later boom.*'hostile-throws-later'/,
  },
  { name: 'rejects-later', code: { start: "void Promise.reject(new Error('promise boom'));" }, reason: /promise boom.*'hostile-rejects-later'/ },
  { name: 'fills-the-heap', code: { start: 'const all = []; for (;;) all.push(new Array(1_000_000).fill({}));' }, reason: /heap out of memory|MiB of memory/ },
  {
    name: 'fills-buffers',
    code: { start: 'globalThis.all = []; for (;;) globalThis.all.push(new Uint8Array(2 ** 26).fill(1));' },
    reason: /MiB of memory|memory|allocation/i,
  },
  { name: 'kills-itself', code: { create: "process.kill(process.pid, 'SIGKILL'); for (;;);" }, reason: /signal SIGKILL/ },
  { name: 'never-maps', code: { map: 'return new Promise(() => {});' }, reason: /a promise that never ends/ },
  { name: 'maps-for-ever', code: { map: 'await null; for (;;);' }, reason: OVERTIME },
  { name: 'is-malformed', text: 'tessera: 1\nmachine: [\n', reason: /is-malformed\.yaml:\d+/ },
  { name: 'is-wrong', text: 'tessera: 1\nmachine: { include: nothing.yaml }\nschedule: s.schedule.yaml\n', reason: /nothing\.yaml/ },
];

/** Besides: a link to what is not there. */
export const BROKEN_LINK = { name: 'is-a-broken-link', reason: /a link to what is not there/ } as const;

const SCHEDULE = `tesseraSchedule: 1
name: one
tensors: { A: { dims: { N: 64 }, format: int8, role: input, home: dram } }
buffers: { b: { memory: core0.l1, bytes: 64 } }
operations:
  - { kind: transfer, queue: core0.dma, reads: [{ tensor: A }], writes: [{ buffer: b }] }
`;
const MACHINE = 'include: tessera:scenarios/machines/singlecore.yaml';
const HONEST = `tessera: 1\nmachine: { ${MACHINE} }\nschedule: s.schedule.yaml\n`;

/** A folder with as many honest scenarios as hostile ones, in turn. Returns it and the names of both. */
export function hostileSuite(): { readonly folder: string; readonly honest: readonly string[]; readonly hostile: ReadonlyMap<string, RegExp> } {
  const files: Record<string, string> = { 'suite/s.schedule.yaml': SCHEDULE };
  const hostile = new Map<string, RegExp>();
  const honest: string[] = [];
  HOSTILITIES.forEach((hostility, index) => {
    const number = String(index).padStart(2, '0');
    honest.push(`${number}-a-honest`);
    files[`suite/${number}-a-honest.yaml`] = HONEST;
    hostile.set(`${number}-b-${hostility.name}`, hostility.reason);
    Object.assign(files, filesOf(`suite/${number}-b-${hostility.name}`, hostility));
  });
  const folder = project(files);
  mkdirSync(path.join(folder, 'suite'), { recursive: true });
  symlinkSync(path.join(folder, 'nowhere.yaml'), path.join(folder, 'suite', `99-${BROKEN_LINK.name}.yaml`));
  symlinkSync(path.join(folder, 'suite'), path.join(folder, 'suite', 'circle'));
  writeFileSync(path.join(folder, 'suite', 'readme.yaml'), 'of: another tool\n');
  hostile.set(`99-${BROKEN_LINK.name}`, BROKEN_LINK.reason);
  return { folder, honest, hostile };
}

function filesOf(base: string, { name, code, text, reason }: Hostility): Record<string, string> {
  if (text !== undefined) return { [`${base}.yaml`]: text };
  // Time is the subject of some; the others may take what a busy machine needs to fill memory or to load.
  const limits = `limits: { maxWallSeconds: ${reason === OVERTIME ? 2 : 600} }`;
  const plugins = `plugins: [./${path.basename(base)}.js]`;
  const scenario =
    code?.map === undefined
      ? `tessera: 1\nmachine: { ${MACHINE}, blocks: { zz: { use: hostile-${name} } } }\nschedule: s.schedule.yaml\n`
      : `tessera: 1\nmachine: { ${MACHINE} }\nworkload: { layers: { tesseraWorkload: 1, layers: [{ name: r, operator: relu, loops: { B: 1, K: 8, OY: 8, OX: 8 } }] } }\nmapper: hostile-${name}\n`;
  return { [`${base}.yaml`]: `${scenario}${limits}\n${plugins}\n`, [`${base}.js`]: code?.map === undefined ? block(name, code ?? {}) : mapper(name, code.map) };
}

function block(name: string, { import: top = '', describe = '', create = '', start = '', finish = '', collect = '' }: NonNullable<Hostility['code']>): string {
  return `import { definePlugin } from 'tessera-sim';
${top}
export default definePlugin({ kind: 'network', name: 'hostile-${name}', version: '1.0.0', summary: 'For tests',
  configSchema: { type: 'object', additionalProperties: false, properties: {} }, ports: {}, statistics: {}, stallClasses: { idle: { role: 'rest', description: 'nothing to do' } }, probes: {},
  describe: () => { ${describe} return { kind: 'other' }; },
  create: () => { ${create} return {
    start() { ${start} }, finish() { ${finish} }, onArrival() {}, onRoom() {}, onEvent() {}, collect() { ${collect} return {}; } }; } });
`;
}

function mapper(name: string, map: string): string {
  return `import { definePlugin } from 'tessera-sim';
export default definePlugin({ kind: 'mapper', name: 'hostile-${name}', version: '1.0.0', summary: 'For tests',
  configSchema: { type: 'object', additionalProperties: false, properties: {} }, async map() { ${map} } });
`;
}

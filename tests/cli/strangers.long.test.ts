import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { FILES, SCENARIO, SCHEDULE } from './bad-input-files.js';
import { project, tessera, tesseraProcess } from './harness.js';

const home = process.cwd();
afterEach(() => process.chdir(home));

/** A name that `Object.prototype` has for the time of a test: whoever looks it up in a table that inherits is seen. */
const CANARY = 'canaryOfObjects';

/** Sources of ours that looked the canary up in something that inherits from `Object.prototype`. */
async function lookupsDuring(step: () => Promise<unknown>): Promise<string[]> {
  const found = new Set<string>();
  Object.defineProperty(Object.prototype, CANARY, {
    configurable: true,
    get() {
      const line = new Error('canary').stack?.split('\n')[2]?.trim() ?? '';
      if (/\/(core|plugins|cli)\//.test(line)) found.add(line.replace(/^.*\/((core|plugins|cli)\/[^:)]+:\d+).*$/, '$1'));
      return undefined;
    },
    set(this: object, value: unknown) {
      Object.defineProperty(this, CANARY, { value, enumerable: true, configurable: true, writable: true });
    },
  });
  try {
    await step();
  } finally {
    delete (Object.prototype as Record<string, unknown>)[CANARY];
  }
  return [...found];
}

/** Every text and every key of a document in turn replaced by the canary. */
function* replaced(text: string): Generator<string> {
  const places: (readonly [container: Record<string, unknown>, key: string])[] = [];
  const root: unknown = parse(text);
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, child] of Object.entries(value)) {
      places.push([value as Record<string, unknown>, key]);
      visit(child);
    }
  };
  visit(root);
  for (const [container, key] of places) {
    const value = container[key];
    if (typeof value === 'string') {
      container[key] = CANARY;
      yield stringify(root);
      container[key] = value;
    }
    if (Array.isArray(container)) continue;
    delete container[key];
    container[CANARY] = value;
    yield stringify(root);
    delete container[CANARY];
    container[key] = value;
  }
}

describe("strangers' files", () => {
  it.each([
    ['s.yaml', SCENARIO],
    ['machine.yaml', FILES['machine.yaml']],
    ['gemm.schedule.yaml', SCHEDULE],
  ])('no name in %s is looked up where objects inherit', { timeout: 600_000 }, async (file, text) => {
    process.chdir(project(FILES));
    const lookups = await lookupsDuring(async () => {
      for (const content of replaced(text)) {
        writeFileSync(file, content);
        const { code } = await tessera('run', 's.yaml', '--no-plan-cache');
        expect([0, 1, 2, 3]).toContain(code);
      }
    });
    expect(lookups).toEqual([]);
  });

  it('one scenario of a suite cannot change another', async () => {
    const hostile = SCENARIO.replace('include: machine.yaml', 'include: machine.yaml, set: { l1.with.__proto__.box: accumulate }');
    process.chdir(project({ ...FILES, 'a.yaml': hostile, 'b.yaml': SCENARIO.replace('name: tiny', 'name: honest') }));
    const { code, stdout } = await tesseraProcess(['suite', 'a.yaml', 'b.yaml']);
    expect(stdout).toMatch(/^b +as-expected/m);
    expect(stdout).toContain("'__proto__' is no name of a parameter");
    expect(code).toBe(2);
  });

  it('control characters reach no terminal, in text and in JSON', async () => {
    const name = '\u001b]0;pwn\u0007\u001b[2J\u202e';
    const folder = project({ ...FILES, 's.json': JSON.stringify({ ...(parse(SCENARIO) as object), name, expect: { cycles: 1 } }) });
    for (const more of [[], ['--json']]) {
      const { stdout, stderr } = await tesseraProcess(['run', path.join(folder, 's.json'), ...more], { cwd: folder });
      // eslint-disable-next-line no-control-regex
      expect(stdout + stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
      expect(stdout).toContain('\\u001b]0;pwn');
      if (more.length > 0) expect((JSON.parse(stdout) as { name: string }).name).toBe(name);
    }
  });
});

import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { certificateText, type Certificate } from '../../../core/certificate/certificate.js';
import { InputError } from '../../../core/errors.js';
import { PluginRegistry } from '../../../core/plugin/registry.js';
import { certify } from '../../../core/run/certify.js';
import { checkLoaded, preparedToCheck } from '../../../core/run/check-scenario.js';
import { readCertificate } from '../../../core/run/read-certificate.js';
import { verify } from '../../../core/run/verify.js';
import { loadScenario, type LoadResult } from '../../../core/scenario/load.js';
import { builtinPlugins } from '../../../plugins/index.js';
import { temporaryFolder } from '../../temporary-folder.js';

const folder = temporaryFolder('verify');
const CASES = path.join(import.meta.dirname, 'cases');
const SCENARIO = 'two-gemm-ok.yaml';
const FILES = [SCENARIO, 'two-gemm-ok.schedule.yaml', 'singlecore.yaml'];
const CERTIFICATE = path.join(folder, 'certificate.json');

const load = (): Promise<LoadResult> => loadScenario(path.join(folder, SCENARIO), new PluginRegistry(builtinPlugins));

beforeAll(async () => {
  cpSync(CASES, folder, { recursive: true });
  cpSync('scenarios/machines/singlecore.yaml', path.join(folder, 'singlecore.yaml'));
  const scenario = readFileSync(path.join(folder, SCENARIO), 'utf8').replace('tessera:scenarios/machines/', '');
  writeFileSync(path.join(folder, SCENARIO), scenario);
  expect(await checkLoaded(await load(), { certificate: CERTIFICATE })).toMatchObject({ isLegal: true, certificate: CERTIFICATE });
});

describe('a certificate', () => {
  it('holds while nothing has changed', async () => {
    expect(await verify(readCertificate(CERTIFICATE), await load())).toEqual([]);
  });

  it('says who feeds whom', () => {
    const { feeds, outputs, coverage, schedule } = readCertificate(CERTIFICATE);
    expect(schedule.operations).toBe(18);
    // The weights come from home, then from the transfer that brought them.
    expect(feeds[0]).toEqual([0, [[-1, 1024]]]);
    expect(feeds.find(([id]) => id === 3)).toEqual([3, [[2, 512]], [[0, 1024]]]);
    expect(outputs).toEqual({ O: [5, 9, 13, 17].map((id) => [id, 256]) });
    expect(coverage['fc1']).toEqual({ tiles: 4, points: 65_536, again: 0 });
  });

  it.each(FILES)('does not hold when a byte of %s has changed', async (name) => {
    const file = path.join(folder, name);
    const text = readFileSync(file, 'utf8');
    try {
      writeFileSync(file, `${text}#`);
      expect((await verify(readCertificate(CERTIFICATE), await load())).join()).toContain(`${name}: the certificate says`);
    } finally {
      writeFileSync(file, text);
    }
  });

  it.each<[string, (certificate: Certificate) => unknown]>([
    ['a feeder', ({ feeds }) => feeds.with(3, [feeds[3]![0], [[1, 512]], ...feeds[3]!.slice(2)] as unknown as Certificate['feeds'][number])],
    ['a hash', ({ schedule }) => ({ schedule: { ...schedule, sha256: '0'.repeat(64) } })],
    ['the points of a layer', ({ coverage }) => ({ coverage: { ...coverage, fc1: { ...coverage['fc1']!, points: 65_535 } } })],
    ['the capacity of a memory', ({ memoryBytes }) => ({ memoryBytes: { ...memoryBytes, dram: 1 } })],
    ['an output', () => ({ outputs: {} })],
    ['an input', ({ inputs }) => ({ inputs: Object.fromEntries(Object.entries(inputs).slice(1)) })],
    ['the seed', ({ seed }) => ({ seed: seed + 1 })],
  ])('does not hold when %s in it was changed', async (_, edit) => {
    const certificate = readCertificate(CERTIFICATE);
    const edited = edit(certificate);
    const forged = { ...certificate, ...(Array.isArray(edited) ? { feeds: edited as unknown as Certificate['feeds'] } : (edited as Partial<Certificate>)) };
    expect(await verify(forged, await load())).toHaveLength(1);
  });

  it('does not hold for another schedule, whatever its hashes say', async () => {
    const loaded = await loadScenario(path.join(CASES, 'store-partial-sum.yaml'), new PluginRegistry(builtinPlugins));
    const forged = certify(loaded, await preparedToCheck(loaded, {}), CASES).certificate;
    expect(await verify(forged, loaded)).toEqual(["output 'O': elements come home before their sum is finished"]);
  });

  it('is read back as it was written, and refused when it is none', () => {
    const certificate = readCertificate(CERTIFICATE);
    expect(certificateText(certificate)).toBe(readFileSync(CERTIFICATE, 'utf8'));
    const broken = path.join(folder, 'broken.json');
    for (const text of ['{', '{}', certificateText({ ...certificate, seed: 'x' as unknown as number })]) {
      writeFileSync(broken, text);
      expect(() => readCertificate(broken)).toThrow(InputError);
    }
    expect(() => readCertificate(path.join(folder, 'none.json'))).toThrow('ENOENT');
  });
});

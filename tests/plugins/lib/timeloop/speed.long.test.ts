import { expect, it } from 'vitest';
import { evaluateMapping, gemminiLikeMachine, readDosaMapping, readProblem } from '../../../../plugins/lib/timeloop/index.js';

it('estimates 1,000 mappings in less than a second of CPU time', () => {
  const machine = gemminiLikeMachine({
    rows: 16,
    columns: 16,
    accumulator: { words: 2 ** 20, wordBits: 32, sharedBandwidth: 2 },
    scratchpad: { words: 2 ** 24, wordBits: 8, sharedBandwidth: 32 },
    dram: { wordBits: 8, sharedBandwidth: 8 },
  });
  const before = process.cpuUsage();
  for (let i = 0; i < 1000; i++) {
    const [p, q] = [2 ** (i % 5), 2 ** (i % 3)];
    const problem = readProblem({ shape: 'cnn-layer', R: 3, S: 3, P: 7 * p, Q: 7 * q, C: 64, K: 64, N: 1, Wstride: 1, Hstride: 1 });
    const mapping = readDosaMapping(`L3[WIO] R3 P${p} Q${q} K2 - L2[WI] K16X - L1[O] S3 C4 K2 Q7 C16X - L0[W] P7`);
    expect(evaluateMapping(problem, machine, mapping).cycles).toBeGreaterThan(0);
  }
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1e6).toBeLessThan(1);
});

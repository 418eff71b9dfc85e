import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

describe('determinism', () => {
  it.each(['scenarios/examples/hand-written-schedule.yaml', 'scenarios/quickstart/depth-first.yaml'])(
    '%s: one digest, whoever runs it and however it was built',
    (scenario) => {
      const output = execFileSync('node', ['dist/tools/determinism/main.js', scenario], { encoding: 'utf8' });
      const { digests } = JSON.parse(output) as { digests: Record<string, string> };
      expect(Object.keys(digests)).toHaveLength(5);
      expect(new Set(Object.values(digests)).size).toBe(1);
    },
  );
});

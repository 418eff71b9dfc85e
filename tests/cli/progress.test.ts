import { describe, expect, it } from 'vitest';
import { ProgressLine, progressText } from '../../cli/progress-line.js';
import { RunProgress, secondsLeft } from '../../core/run/progress.js';

const REPORT = {
  simulatedSeconds: 0.001234,
  events: 5000,
  eventsPerSecond: 8_100_000,
  operationsDone: 1200,
  operationsTotal: 4800,
  wallSeconds: 1,
  secondsLeft: 3,
};

function fakeStream(isTTY: boolean): { text: string; stream: NodeJS.WriteStream } {
  const held = { text: '', stream: undefined as unknown as NodeJS.WriteStream };
  held.stream = { isTTY, columns: 100, write: (chunk: string) => ((held.text += chunk), true) } as unknown as NodeJS.WriteStream;
  return held;
}

describe('progress', () => {
  it('says simulated time, rate, operations and time left', () => {
    expect(progressText(REPORT)).toBe('1.234 ms simulated, 8.100 M events/s, 1200 of 4800 operations, 3 s left');
    expect(progressText({ ...REPORT, simulatedSeconds: 0 })).toMatch(/^0 s simulated, /);
  });

  it('writes one line over and over on a terminal, and wipes it at the end', () => {
    const held = fakeStream(true);
    const progress = new RunProgress();
    const line = new ProgressLine(true, held.stream);
    line.follow(progress, '[1/2] tiny');
    progress.emit('progress', REPORT);
    expect(held.text).toContain('\r[1/2] tiny: 1.234 ms simulated');
    progress.emit('progress', { ...REPORT, operationsDone: 4000 });
    line.clear();
    expect(held.text.split('\r').pop()).toBe('');
    expect(held.text).not.toContain('\n');
  });

  it.each([
    ['when standard error is no terminal', false, true],
    ['with --no-progress', true, false],
  ])('is silent %s', (_, isTTY, wanted) => {
    const held = fakeStream(isTTY);
    const progress = new RunProgress();
    new ProgressLine(wanted, held.stream).follow(progress, 'x');
    progress.emit('progress', REPORT);
    expect(held.text).toBe('');
  });

  it('guesses no time left before a thousandth is done', () => {
    expect(secondsLeft(1, 1, 10_000)).toBeUndefined();
    expect(secondsLeft(1, 5, undefined)).toBeUndefined();
    expect(secondsLeft(2, 500, 1000)).toBe(2);
  });
});

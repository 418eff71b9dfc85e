import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Heap } from 'heap-js';
import { Kernel, Phase, WheelQueue, type EventHandler } from '../core/kernel/index.js';
import { bestOf, cpuSeconds, type Bench, type BenchReport } from './measure.js';

const PENDING = 1000;
const EVENTS = 4_000_000;
const PERIOD_TICKS = 1000;

/** The load of all contenders: every event schedules its successor 1 to 64 cycles ahead, drawn from this generator. */
function nextDelay(state: number): number {
  let x = state;
  x ^= x << 13;
  x ^= x >>> 17;
  x ^= x << 5;
  return x;
}

class Hopper implements EventHandler {
  left = EVENTS;
  state = 12345;
  id = 0;

  constructor(private readonly kernel: Kernel) {}

  onEvent(code: number, arg: number): void {
    if (--this.left < PENDING) return;
    this.state = nextDelay(this.state);
    this.kernel.schedule(this.id, this.kernel.now + (1 + (this.state & 63)) * PERIOD_TICKS, Phase.compute, code, arg);
  }
}

function runWheel(): number {
  const kernel = new Kernel(new WheelQueue(PERIOD_TICKS));
  const hopper = new Hopper(kernel);
  hopper.id = kernel.register('hopper', hopper);
  kernel.start();
  for (let i = 0; i < PENDING; i++) kernel.schedule(hopper.id, (1 + (i & 63)) * PERIOD_TICKS, Phase.compute, i, 0);
  return cpuSeconds(() => void kernel.run()) / kernel.eventCount;
}

/** The usual way: a heap of objects that carry closures. */
function runHeapClosures(): number {
  const events = EVENTS / 4;
  const heap = new Heap<{ time: number; sequence: number; run: () => void }>((a, b) => a.time - b.time || a.sequence - b.sequence);
  let sequence = 0;
  let state = 12345;
  let left = events;
  let now = 0;
  const hop = (code: number): void => {
    if (--left < PENDING) return;
    state = nextDelay(state);
    heap.push({ time: now + (1 + (state & 63)) * PERIOD_TICKS, sequence: sequence++, run: () => hop(code) });
  };
  for (let i = 0; i < PENDING; i++) heap.push({ time: (1 + (i & 63)) * PERIOD_TICKS, sequence: sequence++, run: () => hop(i) });
  const seconds = cpuSeconds(() => {
    for (let event = heap.pop(); event !== undefined; event = heap.pop()) {
      now = event.time;
      event.run();
    }
  });
  return seconds / events;
}

const CPP = `
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <functional>
#include <queue>
#include <vector>
struct Event { uint64_t time, sequence; std::function<void()> run; };
struct Later { bool operator()(const Event& a, const Event& b) const { return a.time != b.time ? a.time > b.time : a.sequence > b.sequence; } };
static std::priority_queue<Event, std::vector<Event>, Later> heap;
static uint64_t sequence_ = 0, now = 0; static int64_t left_ = ${EVENTS}; static uint32_t state = 12345;
static void hop(int code) {
  if (--left_ < ${PENDING}) return;
  state ^= state << 13; state ^= state >> 17; state ^= state << 5;
  heap.push({now + (1 + (state & 63)) * ${PERIOD_TICKS}, sequence_++, [code] { hop(code); }});
}
int main() {
  for (int i = 0; i < ${PENDING}; i++) heap.push({(uint64_t)(1 + (i & 63)) * ${PERIOD_TICKS}, sequence_++, [i] { hop(i); }});
  std::clock_t start = std::clock();
  while (!heap.empty()) { Event event = heap.top(); heap.pop(); now = event.time; event.run(); }
  std::printf("%.9f", (double)(std::clock() - start) / CLOCKS_PER_SEC);
}
`;

/** Compiles the C++ peer; undefined when there is no compiler. */
function compilePeer(folder: string): string | undefined {
  const source = join(folder, 'peer.cpp');
  const binary = join(folder, 'peer');
  writeFileSync(source, CPP);
  return spawnSync('g++', ['-O2', '-std=c++17', '-o', binary, source]).status === 0 ? binary : undefined;
}

export const kernelBench: Bench = {
  name: 'kernel',
  summary: 'event rate of the whole engine: 1k pending, delays of 1..64 cycles, queue + dispatch + handler + schedule',
  run(): BenchReport {
    const folder = mkdtempSync(join(tmpdir(), 'tessera-bench-'));
    try {
      const peer = compilePeer(folder);
      const contenders: Record<string, () => number> = { wheel: runWheel, heap: runHeapClosures };
      if (peer !== undefined) contenders['cpp'] = () => Number(execFileSync(peer, { encoding: 'utf8' })) / EVENTS;
      return reportOf(bestOf(5, contenders));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function reportOf(secondsPerEvent: Record<string, number>): BenchReport {
  const rate = (name: string): number => 1 / (secondsPerEvent[name] ?? NaN) / 1e6;
  const measurements: Record<string, number> = {
    'Tessera kernel, million events per CPU second': rate('wheel'),
    'heap-js with closures, million events per CPU second': rate('heap'),
  };
  const ratios = [{ name: 'Tessera against heap-js with closures', value: rate('wheel') / rate('heap'), bar: 5 }];
  const notes: string[] = [];
  if (secondsPerEvent['cpp'] === undefined) notes.push('no g++ here: the C++ peer was not measured');
  else {
    measurements['C++ priority_queue + std::function (-O2), million events per CPU second'] = rate('cpp');
    ratios.push({ name: 'Tessera against C++ priority_queue + std::function', value: rate('wheel') / rate('cpp'), bar: 1.5 });
  }
  return { name: 'kernel', measurements, ratios, notes };
}

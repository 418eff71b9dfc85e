import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Contender } from './interleave.js';
import { requireSuccess, timedProcess } from './process.js';

/** The load of the kernel benchmark: this many events are pending, each schedules its successor 1 to 64 cycles ahead. */
export const UNIT_LOAD = { events: 4_000_000, pending: 1000, periodTicks: 1000, randomState: 12345 } as const;

/** The unit in which costs are told apart from the machine's speed. */
export const UNIT_NAME = 'events of a C++ priority_queue + std::function loop (g++ -O2), 1000 pending';

/** Key of the unit's samples; its `runLoop` is the seconds of `UNIT_LOAD.events` events. */
export const UNIT_KEY = 'unit';

/** An event queue as most simulators in C++ have it, under the same load as the kernel's; prints the CPU seconds of its loop. */
const SOURCE = `
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <functional>
#include <queue>
#include <vector>
struct Event { uint64_t time, sequence; std::function<void()> run; };
struct Later { bool operator()(const Event& a, const Event& b) const { return a.time != b.time ? a.time > b.time : a.sequence > b.sequence; } };
static std::priority_queue<Event, std::vector<Event>, Later> heap;
static uint64_t sequence_ = 0, now = 0; static int64_t left_ = ${UNIT_LOAD.events}; static uint32_t state = ${UNIT_LOAD.randomState};
static void hop(int code) {
  if (--left_ < ${UNIT_LOAD.pending}) return;
  state ^= state << 13; state ^= state >> 17; state ^= state << 5;
  heap.push({now + (1 + (state & 63)) * ${UNIT_LOAD.periodTicks}, sequence_++, [code] { hop(code); }});
}
int main() {
  for (int i = 0; i < ${UNIT_LOAD.pending}; i++) heap.push({(uint64_t)(1 + (i & 63)) * ${UNIT_LOAD.periodTicks}, sequence_++, [i] { hop(i); }});
  std::clock_t start = std::clock();
  while (!heap.empty()) { Event event = heap.top(); heap.pop(); now = event.time; event.run(); }
  std::printf("%.9f", (double)(std::clock() - start) / CLOCKS_PER_SEC);
}
`;

/** Compiles the unit's loop in `folder`; undefined when there is no g++ or it fails. */
export function compileUnit(folder: string, compiler = 'g++'): Contender | undefined {
  const source = path.join(folder, 'unit.cpp');
  const binary = path.join(folder, 'unit');
  writeFileSync(source, SOURCE);
  if (spawnSync(compiler, ['-O2', '-std=c++17', '-o', binary, source]).status !== 0) return undefined;
  return {
    key: UNIT_KEY,
    run: () => {
      const finished = requireSuccess(timedProcess([binary], folder), [binary]);
      return { process: finished.cpuSeconds, runLoop: Number(finished.stdout), work: UNIT_LOAD.events };
    },
  };
}

import type { Benchmark } from '../benchmark.js';
import { dramBench } from './dram.js';
import { kernelBench } from './kernel.js';
import { nocBench } from './noc.js';
import { quickstartBench } from './quickstart.js';
import { scheduleBench } from './schedule.js';
import { startupBench } from './startup.js';
import { suiteBench } from './suite.js';

/** In the order in which they run and are shown. */
export const BENCHMARKS: readonly Benchmark[] = [kernelBench, startupBench, quickstartBench, scheduleBench, suiteBench, dramBench, nocBench];

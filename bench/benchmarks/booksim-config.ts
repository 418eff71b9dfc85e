/** The settings of `kind: traffic` that the benchmarks use. */
export interface MeshSettings {
  readonly topology: string;
  readonly k: number;
  readonly n: number;
  readonly routing: string;
  readonly numVcs: number;
  readonly vcBufferFlits: number;
  readonly pattern: string;
  readonly packetFlits: number;
  /** Flits a node and cycle. */
  readonly load: number;
  readonly samplePeriodCycles: number;
  readonly warmupPeriods: number;
  readonly maxSamples: number;
}

/** The pipeline of a router that `kind: traffic` has where nothing else is said, in BookSim2's names. */
const ROUTER = {
  routing_delay: 1,
  vc_alloc_delay: 1,
  sw_alloc_delay: 1,
  st_final_delay: 1,
  vc_allocator: 'islip',
  sw_allocator: 'islip',
  alloc_iters: 1,
  input_speedup: 1,
  output_speedup: 1,
  internal_speedup: '1.0',
  use_noc_latency: 1,
} as const;

/** A configuration file of BookSim2 that says what the scenario says. */
export function booksimConfig(mesh: MeshSettings): string {
  const parameters = {
    topology: mesh.topology,
    k: mesh.k,
    n: mesh.n,
    routing_function: mesh.routing,
    num_vcs: mesh.numVcs,
    vc_buf_size: mesh.vcBufferFlits,
    packet_size: mesh.packetFlits,
    ...ROUTER,
    traffic: mesh.pattern,
    injection_rate: mesh.load,
    injection_rate_uses_flits: 1,
    seed: 1,
    sim_type: 'latency',
    sample_period: mesh.samplePeriodCycles,
    warmup_periods: mesh.warmupPeriods,
    max_samples: mesh.maxSamples,
  };
  return Object.entries(parameters)
    .map(([name, value]) => `${name} = ${value};\n`)
    .join('');
}

/** Cycles of the run, as BookSim2 prints them at its end. */
export function cyclesOfBooksim(output: string): number | undefined {
  const match = /Time taken is (\d+) cycles/.exec(output);
  return match === null ? undefined : Number(match[1]);
}

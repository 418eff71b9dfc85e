import { AGAINST_BAR, type Prepared, type Setup } from './benchmark.js';
import { costsOf, firstOf, rateOf, ratiosOf } from './costs.js';
import { cyclesOf, type RunDocument, type TesseraBuild } from './measure/build.js';
import type { Contender, Samples } from './measure/interleave.js';
import { runPeer, type PeerJob } from './measure/peer.js';
import { joinFindings, type Findings, type StoredSeconds } from './report.js';

/** One scenario file, run by this build, by the other build and by the peers that can do the same. */
export interface ScenarioTrial {
  /** E.g. `dram ramulator2 sequential`. */
  readonly name: string;
  readonly file: string;
  /** What a run counts, for the rate of the run loop. */
  readonly work: { readonly unit: string; readonly of: (document: RunDocument) => number };
  /** The same work for peers, by their names. `ownCycles` says how long our run was in simulated time. */
  readonly peers?: Readonly<Record<string, (ownCycles: () => number) => PeerJob>>;
  readonly stored?: readonly StoredSeconds[];
}

/** All trials of a benchmark, ready to run in turn. */
export function prepareTrials(trials: readonly ScenarioTrial[], setup: Setup): Prepared {
  const prepared = trials.map((trial) => prepareTrial(trial, setup));
  return {
    contenders: prepared.flatMap(({ contenders }) => contenders),
    summarise: (samples) => joinFindings(prepared.map(({ summarise }) => summarise(samples))),
  };
}

function prepareTrial(trial: ScenarioTrial, setup: Setup): Prepared {
  const { own, against } = setup;
  let ownCycles = 0;
  const ownContender = contenderOf(trial, own, (cycles) => (ownCycles = cycles));
  const contenders = [ownContender, ...(against === undefined ? [] : [contenderOf(trial, against)])];
  const jobs = setup.peers.flatMap((peer) => {
    const job = trial.peers?.[peer.name]?.(() => ownCycles);
    return job === undefined ? [] : [{ peer, job, key: keyOf(trial, peer.name) }];
  });
  contenders.push(...jobs.map(({ peer, job, key }) => ({ key, run: () => runPeer(peer, job, setup.workFolder) })));
  const rivals = [
    ...(against === undefined ? [] : [{ key: keyOf(trial, against.label), name: against.label, bar: AGAINST_BAR }]),
    ...jobs.map(({ peer, job, key }) => ({ key, name: peer.name, bar: job.bar })),
  ];
  return { contenders, summarise: (samples) => summarise(trial, ownContender.key, rivals, samples) };
}

const keyOf = (trial: ScenarioTrial, who: string): string => `${trial.name}: ${who}`;

function contenderOf(trial: ScenarioTrial, build: TesseraBuild, tellCycles: (cycles: number) => void = () => {}): Contender {
  return {
    key: keyOf(trial, build.label),
    run: () => {
      const { document, ...sample } = build.run(trial.file);
      tellCycles(cyclesOf(document));
      return { ...sample, work: trial.work.of(document) };
    },
  };
}

interface Rival {
  readonly key: string;
  readonly name: string;
  readonly bar: number;
}

function summarise(trial: ScenarioTrial, own: string, rivals: readonly Rival[], samples: Samples): Findings {
  const { name, work, stored = [] } = trial;
  const measurements = { ...costsOf(samples, own, name), [`${name}, ${work.unit} a CPU second of the run loop`]: rateOf(samples, own, `${work.unit} / CPU s`) };
  for (const rival of rivals) Object.assign(measurements, costsOf(samples, rival.key, name, `, ${rival.name}`));
  return {
    measurements,
    ratios: rivals.flatMap(({ key, name: against, bar }) => ratiosOf(samples, { name, own, other: key, against, bar })),
    stored,
    notes: rivals.flatMap((rival) => differenceOf(name, samples, own, rival)),
  };
}

/** Costs of different work must not pass for a comparison unremarked. */
function differenceOf(name: string, samples: Samples, own: string, rival: Rival): string[] {
  const mine = firstOf(samples, own, 'cycles');
  const its = firstOf(samples, rival.key, 'cycles');
  if (mine === undefined || its === undefined || mine === its) return [];
  return [`${name}: ${rival.name} simulated ${its} cycles, this build ${mine}; the ratio is of CPU seconds a cycle.`];
}

import { stringify } from 'yaml';
import type { FileSource, ImportedSource, LoadedBlock, LoadedConnection, LoadedMachine, LoadedScenario, ToolUse, WorkloadSource } from './loaded-scenario.js';

type Loose = Record<string, unknown>;

/**
 * A scenario as one YAML file with everything resolved and every default written out. Loading that file gives the same
 * machine, the same workload and the same digest; files are named by their absolute paths, so it can lie anywhere
 * (plugins outside of its folder need `--allow`).
 */
export function effectiveConfig(scenario: LoadedScenario): string {
  const { machine, workload, mapper, schedule, estimator, estimate, experiment } = scenario;
  const document: Loose = { tessera: 1, name: scenario.name, kind: scenario.kind, seed: scenario.seed };
  if (scenario.plugins.length > 0) document['plugins'] = scenario.plugins.map(pluginReference);
  if (machine !== undefined) document['machine'] = machineDocument(machine);
  if (scenario.bindings !== undefined) document['bind'] = scenario.bindings;
  if (workload !== undefined) document['workload'] = workloadDocument(workload);
  if (mapper !== undefined) document['mapper'] = toolDocument(mapper);
  if (schedule !== undefined) {
    const imported = schedule.importer === undefined ? {} : { import: schedule.importer, with: schedule.config };
    document['schedule'] = { ...filesDocument(schedule), ...imported, ...(schedule.collectives === undefined ? {} : { collectives: schedule.collectives }) };
  }
  if (estimator !== undefined) document['estimator'] = toolDocument(estimator);
  if (estimate !== undefined) document['estimate'] = importDocument(estimate);
  if (experiment !== undefined) document['with'] = experiment.config;
  if (scenario.functional === true) document['functional'] = true;
  if (scenario.expectations.length > 0) {
    document['expect'] = Object.fromEntries(scenario.expectations.map(({ metric, place: _, ...bounds }) => [metric, bounds]));
  }
  if (Object.keys(scenario.limits).length > 0) document['limits'] = scenario.limits;
  if (scenario.trace !== undefined) document['trace'] = scenario.trace;
  if (scenario.outputs.length > 0) document['outputs'] = scenario.outputs.map(toolDocument);
  return stringify(document, { lineWidth: 120, aliasDuplicateObjects: false });
}

function pluginReference({ specifier, file }: LoadedScenario['plugins'][number]): string {
  return file ?? specifier;
}

function toolDocument({ use, config }: ToolUse): Loose {
  return { use, with: config };
}

function filesDocument({ file, furtherFiles }: FileSource): Loose {
  return furtherFiles === undefined ? { file } : { files: [file, ...furtherFiles] };
}

function importDocument(source: ImportedSource): Loose {
  return { use: source.importer, ...filesDocument(source), with: source.config };
}

function workloadDocument(source: WorkloadSource): Loose {
  if (source.form === 'layers') return { layers: source.document };
  return { import: importDocument(source) };
}

function machineDocument(machine: LoadedMachine): Loose {
  return {
    name: machine.name,
    ...clockTree(machine),
    blocks: blockTree(machine.blocks, machine),
    connect: machine.connections.map((connection) => connectionDocument(connection)),
  };
}

/** Clocks of chiplets are called `die0.core`; in one flat machine they become `die0__core`. */
function clockName(name: string): string {
  return name.replaceAll('.', '__');
}

function clockTree(machine: LoadedMachine): Loose {
  return {
    clocks: Object.fromEntries(Object.entries(machine.clocks).map(([name, hertz]) => [clockName(name), hertz])),
    referenceClock: clockName(machine.referenceClock),
  };
}

function blockTree(blocks: readonly LoadedBlock[], machine: LoadedMachine): Loose {
  const root: Loose = {};
  for (const block of blocks) {
    const parts = block.path.split('.');
    let group = root;
    for (const part of parts.slice(0, -1)) {
      const node = (group[part] ??= { blocks: {} }) as { blocks: Loose };
      group = node.blocks;
    }
    const clock = block.clock === machine.referenceClock ? {} : { clock: clockName(block.clock) };
    group[parts[parts.length - 1] as string] = { use: block.use, with: block.config, ...clock, ...block.supply };
  }
  return root;
}

function connectionDocument(connection: LoadedConnection): Loose {
  const { widthBits, clock, supply, place: _, ...others } = connection;
  return {
    ...others,
    ...(Number.isFinite(widthBits) ? { widthBits } : {}),
    ...(clock === undefined ? {} : { clock: clockName(clock) }),
    ...supply,
  };
}

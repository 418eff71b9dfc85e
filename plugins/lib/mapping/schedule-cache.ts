import type { MachineDescription, Schedule, Workload } from 'tessera-sim';

const made = new WeakMap<Workload, WeakMap<MachineDescription, Map<string, Schedule>>>();

/**
 * The schedule of a workload on a machine, worked out once: an estimator and the run ask for it in turn. Sharing is safe
 * because a schedule is only a plan; each walk through its operations starts anew.
 */
export function rememberSchedule(workload: Workload, machine: MachineDescription, config: object, make: () => Schedule): Schedule {
  let byMachine = made.get(workload);
  if (byMachine === undefined) made.set(workload, (byMachine = new WeakMap()));
  let byConfig = byMachine.get(machine);
  if (byConfig === undefined) byMachine.set(machine, (byConfig = new Map()));
  const key = JSON.stringify(config);
  let schedule = byConfig.get(key);
  if (schedule === undefined) byConfig.set(key, (schedule = make()));
  return schedule;
}

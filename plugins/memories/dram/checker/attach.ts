import { standardOf, type ResolvedDram } from '../build.js';
import { CommandChecker } from './checker.js';

/** A checker for the commands of one channel of a resolved DRAM. */
export function checkerFor(resolved: ResolvedDram): CommandChecker {
  const { topology, constraints, specification, dualCommands, commands } = resolved;
  const base = { topology, constraints, dualCommands, commands };
  if (specification.like === 'dramsim3') return new CommandChecker(base);
  const standard = standardOf(specification.standard, resolved.extensions);
  if (standard.splitActivation !== true) return new CommandChecker({ ...base, halfCycles: standard.commandBus === 'half-cycle' });
  const { nAAD = 0, nCL = 0, nCWL = 0, nBL_min = 0, nWCKPST = 0 } = specification.timings;
  const hold = nBL_min + nWCKPST;
  return new CommandChecker({ ...base, split: { activateDeadlineTicks: nAAD, readSyncTicks: nCL + hold, writeSyncTicks: nCWL + hold } });
}

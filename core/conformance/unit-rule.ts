import { InputError } from '../errors.js';
import type { StateOrigin } from '../kernel/state.js';
import { buildMachine, type Machine } from '../machine/machine.js';
import { loadMachine, saveMachine, unsavedBlocks, type StatefulPart } from '../machine/machine-state.js';
import type { MachineSpec } from '../machine/specification.js';
import type { BlockFacts } from '../model/machine-facts.js';
import type { BlockPlugin } from '../plugin/block-plugin.js';
import { executorMachine } from '../run/executor-machine.js';
import { ScheduleExecutor } from '../schedule/execute/executor.js';
import type { Schedule, ScheduleOperation, ScheduleTensor } from '../schedule/form/form.js';
import { isMatrixOperator } from '../workload/loop-class.js';
import { machineAround, MAX_EVENTS } from './bench-machine.js';
import { type ContractRule, ruleOfBlock } from './contract-rule.js';
import { describedContract } from './described.js';
import { differentBlock } from './state-rule.js';
import { undeclaredStatistic } from './statistics-rule.js';
import { thrownMessage } from '../text/thrown.js';

const SHARES = [0.1, 0.3, 0.5, 0.7, 0.9];
const SAME_PLACE: StateOrigin = { tick: 0, firstOperation: 0, addresses: { locate: () => undefined, startOf: () => 0 } };
const SIZE = 24;
/** Operators of one kind that are tried. */
const MOST_OPERATORS = 2;

/** A block that executes operations is held to the contract while it does: cores, engines, memories that compute. */
export const UNIT_RULE: ContractRule = unitRule(SHARES);

/** @param shares of the run's events after which the state is saved */
export function unitRule(shares: readonly number[]): ContractRule {
  return ruleOfBlock('executes operations, counts what it declares, and goes on from a state saved in the middle of them', (plugin) =>
    unitProblem(plugin, shares),
  );
}

interface UnitRun {
  readonly machine: Machine;
  readonly executor: ScheduleExecutor;
  readonly parts: readonly StatefulPart[];
}

function unitProblem(plugin: BlockPlugin, shares: readonly number[]): string | undefined {
  const spec = machineAround(plugin, 2);
  const probe = buildMachine(spec);
  if (probe.block('dut').unit === undefined) return undefined;
  const accepted = operationsFor(plugin, spec).filter((operation) => isAccepted(spec, operation));
  if (accepted.length === 0) return undefined;
  const counted = ran(spec, accepted);
  if (!counted.executor.isDone) return `an operation of ${accepted.map(nameOf).join(' or ')} never ends`;
  const undeclared = undeclaredStatistic(plugin, counted.machine.built('dut'));
  if (undeclared !== undefined) return undeclared;
  const whole = ran(spec, accepted);
  whole.machine.finish();
  if (unsavedBlocks(whole.machine).length > 0) return undefined;
  for (const share of shares) {
    const problem = resumed(spec, accepted, whole, Math.floor(share * whole.machine.kernel.eventCount));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** What the block's facts say that it executes. */
function operationsFor(plugin: BlockPlugin, spec: MachineSpec): ScheduleOperation[] {
  const { facts } = describedContract(plugin);
  if (facts.kind === 'dma') {
    const [from, to] = benches(spec);
    return from === undefined ? [] : [{ kind: 'transfer', queue: 'dut', reads: [{ tensor: 'I' }], writes: [{ tensor: to === undefined ? 'O' : 'P' }] }];
  }
  return operatorsOf(facts).map((operator) => computeOf(facts.kind === 'pim' ? 'pim' : 'compute', operator));
}

function operatorsOf(facts: BlockFacts): string[] {
  if (facts.kind !== 'core' && facts.kind !== 'pim') return [];
  const named = facts.operators.flatMap((name) => (name === '*' ? ['gemm', 'add'] : [name]));
  const matrix = named.filter((name) => isMatrixOperator(name));
  return [...matrix.slice(0, MOST_OPERATORS), ...named.filter((name) => !isMatrixOperator(name)).slice(0, MOST_OPERATORS)];
}

function computeOf(kind: 'compute' | 'pim', operator: string): ScheduleOperation {
  const isMatrix = isMatrixOperator(operator);
  return {
    kind,
    queue: 'dut',
    operator,
    loops: isMatrix ? { OY: SIZE, K: SIZE, C: SIZE } : { OY: SIZE, K: SIZE },
    reads: [{ tensor: 'I', operand: 'I' }, ...(isMatrix ? [{ tensor: 'W', operand: 'W' }] : [])],
    writes: [{ tensor: 'O', operand: 'O' }],
  };
}

function nameOf({ operator, kind }: ScheduleOperation): string {
  return operator ?? kind;
}

/** Paths of the memories around the block. */
function benches({ blocks }: MachineSpec): string[] {
  return blocks.map(({ path }) => path).filter((path) => path !== 'dut');
}

function scheduleOf(spec: MachineSpec, operations: readonly ScheduleOperation[]): Schedule {
  const [first = 'dut', second = first] = benches(spec);
  const home = operations.some(({ kind }) => kind === 'pim') ? 'dut' : first;
  const tensor = (role: ScheduleTensor['role'], at = home): ScheduleTensor => ({ dims: { R: SIZE, S: SIZE }, format: 'int8', role, home: at });
  return {
    name: 'contract',
    tensors: { I: tensor('input'), W: tensor('constant'), O: tensor('output'), P: tensor('output', second) },
    buffers: {},
    operations,
  };
}

function started(spec: MachineSpec, operations: readonly ScheduleOperation[], begin = true): UnitRun {
  const machine = buildMachine(spec);
  const view = executorMachine(machine, () => ({ payload: 8, stored: 8 }));
  const executor = new ScheduleExecutor(machine.kernel, view, scheduleOf(spec, operations));
  machine.start();
  if (begin) executor.start();
  return { machine, executor, parts: [{ name: 'schedule', state: (s) => executor.state(s), operation: (id) => executor.operation(id) }] };
}

function ran(spec: MachineSpec, operations: readonly ScheduleOperation[]): UnitRun {
  const run = started(spec, operations);
  run.machine.kernel.run(MAX_EVENTS);
  return run;
}

/** A block may refuse what its facts name in general, and memories without a way to the block hold nothing for it. */
function isAccepted(spec: MachineSpec, operation: ScheduleOperation): boolean {
  try {
    started(spec, [operation]);
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

function resumed(spec: MachineSpec, operations: readonly ScheduleOperation[], whole: UnitRun, events: number): string | undefined {
  const first = started(spec, operations);
  first.machine.kernel.run(events);
  const second = started(spec, operations, false);
  try {
    loadMachine(second.machine, saveMachine(first.machine, SAME_PLACE, first.parts), SAME_PLACE, second.parts);
  } catch (error) {
    return `after ${events} events of an operation: ${thrownMessage(error)}`;
  }
  second.machine.kernel.run(MAX_EVENTS);
  const where = `saved after ${events} events, in the middle of operations, and loaded elsewhere`;
  if (!second.executor.isDone) return `${where} it never ends`;
  const [end, expected] = [second.machine.kernel.now, whole.machine.kernel.now];
  if (end !== expected) return `${where} it ends at tick ${end}, not ${expected}`;
  second.machine.finish();
  const different = differentBlock(whole.machine, second.machine);
  return different === undefined ? undefined : `${where}, ${different}`;
}

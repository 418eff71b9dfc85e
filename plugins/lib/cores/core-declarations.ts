import {
  idealProperty,
  type IdealDeclaration,
  type JsonSchema,
  type MilestoneDeclaration,
  type PortDeclaration,
  type ProbeDeclaration,
  type StallClasses,
  type StatisticDeclaration,
} from 'tessera-sim';

/** Places of the stall classes that every fold engine has. */
export const StallClass = { idle: 0, busy: 1, waitMemory: 2, waitInput: 3, waitOutput: 4 } as const;
export const CORE_STALL_CLASSES: StallClasses = {
  idle: { role: 'rest', description: 'No operation' },
  busy: { role: 'work', description: 'Computes' },
  'wait-memory': { role: 'wait', on: 'memory', description: 'Weights or partial sums are asked for and have not come' },
  'wait-input': { role: 'wait', on: 'memory', description: 'Activations are asked for and have not come' },
  'wait-output': { role: 'wait', on: 'memory', description: 'Results find no room on their way to memory, or are not acknowledged' },
};

export type CoreStatistic = 'operations' | 'folds' | 'macs' | 'bytesRead' | 'bytesWritten' | 'readBursts' | 'writeBursts' | 'meanReadBytes';

export const CORE_STATISTICS: Readonly<Record<CoreStatistic, StatisticDeclaration>> = {
  operations: { unit: 'operations', description: 'Operations of the schedule that have ended' },
  folds: { unit: 'folds', description: 'Folds executed' },
  macs: { unit: 'MACs', description: 'Multiply-accumulates (element operations for a vector core) of the operations that have ended' },
  bytesRead: {
    unit: 'bytes',
    description: 'Operand and partial-sum bytes asked for on the memory ports',
    slows: 'operands or partial sums are fetched more often',
  },
  bytesWritten: { unit: 'bytes', description: 'Result and partial-sum bytes written on the memory ports', slows: 'partial sums go out to memory more often' },
  readBursts: { unit: 'transactions', description: 'Read transactions sent' },
  writeBursts: { unit: 'transactions', description: 'Write transactions sent' },
  meanReadBytes: {
    unit: 'bytes',
    ratio: ['bytesRead', 'readBursts'],
    description: 'Bytes of a read transaction, mean',
    slows: 'a fold begins when its burst has come, so fewer and larger folds overlap less with what feeds them',
  },
};

export const CORE_PORTS: Readonly<Record<string, PortDeclaration>> = {
  memory: {
    description:
      'To the memory that holds the operand buffers. Several ports to one memory carry the operands side by side; without any, operands are there at once and cycles equal the closed form.',
    role: 'initiator',
    many: true,
    optional: true,
    depth: 8,
  },
};

export const CORE_PROBES: Readonly<Record<string, ProbeDeclaration>> = {
  work: { type: 'span', description: 'One span per operation', labels: ['operation'] },
  wait: {
    type: 'span',
    description: 'Spans in which an operation waited for data or for its results to be accepted',
    labels: Object.keys(CORE_STALL_CLASSES),
  },
};

/** What ends the waits of an operation, in the order of the stall classes that they are charged to, from `StallClass.waitMemory` on. */
export const CORE_MILESTONES: Readonly<Record<'memory' | 'input' | 'output', MilestoneDeclaration>> = {
  memory: { cause: 'data', description: 'The last missing burst of weights, partial sums or side operands had come' },
  input: { cause: 'data', description: 'The last missing burst of inputs had come' },
  output: { cause: 'room', description: 'The memory had accepted results' },
};

export type CoreMechanism = 'fillDrain' | 'operandWaits';

export const CORE_IDEAL: Readonly<Record<CoreMechanism, IdealDeclaration>> = {
  fillDrain: { description: 'pipelines need not be filled nor drained' },
  operandWaits: { description: 'operands are there and results accepted at once, and nothing is sent to the memory' },
};

/** Configuration that every core on the fold engine takes. */
export interface FoldEngineConfig {
  readonly prefetchFolds: number;
  readonly resultBufferFolds: number;
  /** Default: none. */
  readonly ideal?: readonly CoreMechanism[];
}

/** Whether a mechanism of a core costs nothing. */
export function isIdeal({ ideal }: Pick<FoldEngineConfig, 'ideal'>, mechanism: CoreMechanism): boolean {
  return ideal?.includes(mechanism) === true;
}

export const FOLD_ENGINE_PROPERTIES: Readonly<Record<string, JsonSchema>> = {
  prefetchFolds: {
    type: 'integer',
    minimum: 0,
    maximum: 64,
    default: 1,
    unit: 'folds',
    description: 'Steps (folds, or groups of them, see foldsPerBurst) whose operands may be on their way while one runs; 1 is double buffering',
  },
  resultBufferFolds: {
    type: 'integer',
    minimum: 1,
    maximum: 64,
    default: 4,
    unit: 'folds',
    description: 'Folds whose results may be on their way to memory when another stream begins; one more waits (wait-output)',
  },
  ideal: idealProperty(CORE_IDEAL),
};

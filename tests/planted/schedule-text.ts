import { rolled } from './repeat.js';

/**
 * Schedules as generator, mutator and interpreter hold them: the fields of docs/schedule.md, and nothing of the engine. Operations name
 * those that they wait for by `uid`, which survives that others are left out or moved; `documentOf` turns them into ids.
 */
export type Box = Record<string, [number, number]>;

export interface Tensor {
  dims: Record<string, number>;
  format: string;
  role: 'input' | 'constant' | 'intermediate' | 'output';
  home?: string;
  address?: number;
}

export interface Buffer {
  memory: string;
  bytes: number;
  address?: number;
}

export interface Access {
  tensor?: string;
  box?: Box;
  buffer?: string;
  operand?: string;
}

export interface Write extends Access {
  mode?: 'replace' | 'add' | 'accumulate';
}

export interface Participant {
  queue: string;
  buffer: string;
  compute?: string;
  scratch?: string;
}

export type Kind = 'compute' | 'transfer' | 'pim' | 'sync' | 'collective';

export interface Operation {
  uid: number;
  kind: Kind;
  queue: string;
  layer?: string;
  operator?: string;
  at?: Record<string, number>;
  loops?: Record<string, number>;
  reads?: Access[];
  writes?: Write[];
  releases?: Access[];
  reduce?: 'add';
  /** By uid. */
  after?: number[];
  /** By id, as a file would say it: for what no schedule may say. */
  rawAfter?: number[];
  recompute?: boolean;
  participants?: Participant[];
  with?: Record<string, unknown>;
}

export interface Operand {
  tensor: string;
  role: 'weight' | 'activation' | 'output';
  index: Record<string, string>;
}

export interface Layer {
  operator: string;
  loops: Record<string, number>;
  operands?: Record<string, Operand>;
}

export interface Plan {
  /** Name of the machine that it is for. */
  machine: string;
  hazards: 'interlocked' | 'checked';
  tensors: Record<string, Tensor>;
  buffers: Record<string, Buffer>;
  /** In an order in which each comes after those whose results it reads. */
  layers: Record<string, Layer>;
  /** Tensors of the layers that state no operands: `I`, `W` and `O` of a product. No file says this. */
  standard: Record<string, Record<string, string>>;
  operations: Operation[];
  /** Distance of the ids that the file states; 0 when it states none. */
  idStep: number;
  /** The file has `repeat` blocks for what follows a pattern. */
  isRolled?: boolean;
}

type Json = Parameters<typeof rolled>[0][number];

export const clone = (plan: Plan): Plan => structuredClone(plan);

/** Id of each operation in the file. */
export function idOf(plan: Plan, position: number): number {
  return plan.idStep === 0 ? position : 3 + position * plan.idStep;
}

/** The form of a file; `after` in ids. */
export function documentOf(plan: Plan, name = 'planted'): Record<string, unknown> {
  const ids = new Map(plan.operations.map(({ uid }, position) => [uid, idOf(plan, position)]));
  const operations = plan.operations.map(({ uid, after, rawAfter, ...rest }) => {
    const waits = [...(after ?? []).map((other) => ids.get(other) ?? 0), ...(rawAfter ?? [])];
    return { ...(plan.idStep === 0 ? {} : { id: ids.get(uid) }), ...rest, ...(waits.length > 0 ? { after: waits } : {}) };
  });
  const { tensors, buffers, layers, hazards } = plan;
  const items = plan.isRolled === true ? rolled(operations as unknown as Json[]) : operations;
  return { tesseraSchedule: 1, name, hazards, tensors, buffers, layers, operations: items };
}

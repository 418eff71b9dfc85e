import type { InjectionToken } from 'tsyringe';
import type { ClockDomain } from '../kernel/clock-domain.js';
import type { Kernel } from '../kernel/kernel.js';
import type { RandomStream } from '../kernel/random.js';
import type { ExtensionAccess } from '../model/extension-point.js';
import type { MachineDescription } from '../model/machine-facts.js';
import { serviceToken, type ServiceToken } from '../model/service.js';
import type { TransactionPool } from '../model/transaction.js';

/** Makes the random streams of whoever asks. */
export type RandomSource = (name: string) => RandomStream;

/** What every simulation has; a block gets its own clock, random streams and extensions, a service those of the machine. */
export const Token = {
  kernel: serviceToken<Kernel>('kernel'),
  transactions: serviceToken<TransactionPool>('transactions'),
  seed: serviceToken<number>('seed'),
  machine: serviceToken<MachineDescription>('machine'),
  clock: serviceToken<ClockDomain>('clock'),
  random: serviceToken<RandomSource>('random'),
  extensions: serviceToken<ExtensionAccess>('extensions'),
} as const;

/** The container's token of a service. */
export function injectionToken<T>({ name }: ServiceToken<T>): InjectionToken<T> {
  return `tessera.${name}`;
}

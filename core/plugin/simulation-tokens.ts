import type { InjectionToken } from 'tsyringe';
import type { Kernel } from '../kernel/kernel.js';
import type { MachineDescription } from '../model/machine-facts.js';
import type { ExtensionCatalogue } from './extension-access.js';
import type { TransactionPool } from '../model/transaction.js';

/** Tokens of the container that each simulation has for itself. */
export const SimulationToken = {
  kernel: Symbol('tessera.kernel') as InjectionToken<Kernel>,
  transactions: Symbol('tessera.transactions') as InjectionToken<TransactionPool>,
  seed: Symbol('tessera.seed') as InjectionToken<number>,
  extensions: Symbol('tessera.extensions') as InjectionToken<ExtensionCatalogue>,
  description: Symbol('tessera.machine-description') as InjectionToken<MachineDescription>,
} as const;

import type { RawBlock, RawMachine } from './load-machine.js';

/** Supply of a machine, a chiplet or a block, in volts. */
export interface Supply {
  voltage?: number;
  /** For which the energies of the configuration hold. */
  nominalVoltage?: number;
}

/** `voltage` and `nominalVoltage` as far as a document states them. */
export function supplyOf(document: Readonly<Record<string, unknown>>): Supply {
  const { voltage, nominalVoltage } = document;
  return { ...(typeof voltage === 'number' ? { voltage } : {}), ...(typeof nominalVoltage === 'number' ? { nominalVoltage } : {}) };
}

/** A block's own supply, else that of its chiplet, else that of the machine around it; undefined when nobody states a voltage. */
export function supplyOfBlock(block: RawBlock, machine: RawMachine): Required<Supply> | undefined {
  let prefix = block.clockPrefix;
  const found: Supply = supplyOf(block.source);
  for (;;) {
    const { voltage, nominalVoltage } = machine.supplies.get(prefix) ?? {};
    if (found.voltage === undefined && voltage !== undefined) found.voltage = voltage;
    if (found.nominalVoltage === undefined && nominalVoltage !== undefined) found.nominalVoltage = nominalVoltage;
    if (prefix === '') break;
    prefix = prefix.slice(0, prefix.lastIndexOf('.', prefix.length - 2) + 1);
  }
  if (found.voltage === undefined) return undefined;
  return { voltage: found.voltage, nominalVoltage: found.nominalVoltage ?? found.voltage };
}

/** Dynamic energy is C V^2 (Weste and Harris, CMOS VLSI Design, section 5.2): what the supply multiplies it by. */
export function dynamicEnergyScale(supply: Supply | undefined): number {
  if (supply?.voltage === undefined || supply.nominalVoltage === undefined) return 1;
  return (supply.voltage / supply.nominalVoltage) ** 2;
}

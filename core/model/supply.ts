/** Supply of a block or a link, in volts: what it runs at, and what its energy figures were measured at. */
export interface Supply {
  readonly voltage: number;
  readonly nominalVoltage: number;
}

/**
 * Factor of the energy of an action: charging a capacitance C takes C V^2, so energy goes with the square of the voltage
 * (Weste and Harris, CMOS VLSI Design, 4th edition, section 5.2). 1 without a supply.
 */
export function dynamicEnergyScale(supply: Supply | undefined): number {
  return supply === undefined ? 1 : (supply.voltage / supply.nominalVoltage) ** 2;
}

/**
 * Factor of a static power: V times a leakage current that is taken as constant (first order; the current itself falls with
 * the voltage too, section 5.3 of the same book, so below the nominal voltage this is an upper bound). 1 without a supply.
 */
export function staticPowerScale(supply: Supply | undefined): number {
  return supply === undefined ? 1 : supply.voltage / supply.nominalVoltage;
}

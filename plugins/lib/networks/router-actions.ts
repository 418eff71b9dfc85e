import { type ActionDeclarations, knownFigure } from 'tessera-sim';

/** Energies of a network of routers, in pJ/bit; 0 where none is known. */
export interface RouterEnergies {
  readonly routerEnergyPerBitPj: number;
  readonly linkEnergyPerBitPj: number;
  readonly reductionEnergyPerBitPj: number;
}

/** What a network of routers spends. Expected of a byte is one hop: two routers and the link between them. */
export function routerActions(config: RouterEnergies): ActionDeclarations {
  return {
    router: { energyPj: knownFigure(config.routerEnergyPerBitPj), unit: 'bit through a router', expected: { perByteMoved: 2 * 8 } },
    link: { energyPj: knownFigure(config.linkEnergyPerBitPj), unit: 'bit over a link', expected: { perByteMoved: 8 } },
    reduction: { energyPj: knownFigure(config.reductionEnergyPerBitPj), unit: 'bit added to a partial sum' },
  };
}

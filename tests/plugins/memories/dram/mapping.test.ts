import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DramSystem, MAPPINGS, specificationOf, type DramDeviceConfig } from '../../../../plugins/memories/dram/api.js';
import { deviceConfig } from './support.js';

const SILENT = { completed: () => {} };

const systemOf = (config: Partial<DramDeviceConfig>) => new DramSystem(specificationOf(deviceConfig(config)), SILENT);

describe('address mappings', () => {
  const names = [...MAPPINGS.keys(), 'rochrababgco', 'rocorababgch', 'rorabgbachco'];

  it.each(names)('%s gives every line a place of its own', (mapping) => {
    const small = { ranks: 2, bankGroups: 2, banksPerGroup: 2, rows: 8, columns: 64 };
    for (const channelHash of [false, true]) {
      const system = systemOf({ mapping, channels: 4, channelHash, organisation: small });
      const lines = 4 * 8 * 8 * 8;
      const places = new Set<string>();
      for (let line = 0; line < lines; line++) {
        const { channel, bank, row, column } = system.locate(line);
        expect(channel < 4 && bank < 8 && row < 8 && column < 8 && Math.min(channel, bank, row, column) >= 0).toBe(true);
        places.add(`${channel}/${bank}/${row}/${column}`);
      }
      expect(places.size).toBe(lines);
    }
  });

  it('RoBaRaCoCh walks a row, then the banks; ChRaBaRoCo walks a bank; MOP4CLXOR changes bank every four lines', () => {
    const bankOf = (mapping: string, line: number) => {
      const { bank, row, column } = systemOf({ mapping }).locate(line);
      return { bank, row, column };
    };
    expect(bankOf('RoBaRaCoCh', 127)).toEqual({ bank: 0, row: 0, column: 127 });
    expect(bankOf('RoBaRaCoCh', 128)).toEqual({ bank: 4, row: 0, column: 0 });
    expect(bankOf('ChRaBaRoCo', 128)).toEqual({ bank: 0, row: 1, column: 0 });
    expect(bankOf('MOP4CLXOR', 3)).toEqual({ bank: 12, row: 0, column: 3 });
    // The bank bits are XORed with the column: group with its low two bits, bank with the next.
    expect(bankOf('MOP4CLXOR', 4)).toEqual({ bank: 4, row: 0, column: 0 });
  });

  it('takes lines beyond 31 bits', () => {
    const system = systemOf({ mapping: 'RoBaRaCoCh', organisation: { rows: 1 << 24 } });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: (1 << 24) - 1 }), fc.nat(15), fc.nat(127), (row, bank, column) => {
        const groupFirst = (bank % 4) * 4 + Math.floor(bank / 4);
        const { bank: foundBank, row: foundRow, column: foundColumn } = system.locate(row * 2048 + groupFirst * 128 + column);
        expect([foundRow, foundBank, foundColumn]).toEqual([row, bank, column]);
      }),
    );
  });

  it('names the mappings when one is unknown', () => {
    expect(() => systemOf({ mapping: 'RoBaRaCoC' })).toThrow(/no mapping 'RoBaRaCoC'.*MOP4CLXOR/);
  });
});

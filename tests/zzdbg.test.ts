import { readFileSync } from 'node:fs';
import { it } from 'vitest';
import { evaluateZigzag, zigzagCase } from '../plugins/lib/zigzag/index.js';
it('x', () => {
  const d = JSON.parse(readFileSync('/work/shared/golden/estimate-zigzag.public.json', 'utf8'));
  let strict = 0, same = 0, flagged = 0; const cand: any = {};
  for (const r of d.records) {
    const c = zigzagCase(r); const e = evaluateZigzag(c.core, c.layer, c.mapping);
    if (e.energy.totalPj !== r.energy_pJ.total && Math.abs(e.energy.totalPj / r.energy_pJ.total - 1) > 1e-12) console.log(r.id, e.energy.totalPj, r.energy_pJ.total);
    for (const op of Object.keys(e.words)) e.words[op]!.forEach((w, l) => { for (const k of Object.keys(w)) if ((w as any)[k] !== r.word_accesses[op][l][k]) console.log(r.id, op, l, k, (w as any)[k], r.word_accesses[op][l][k]); });
    for (const m of e.movements) { if (JSON.stringify(m.tileBits) !== JSON.stringify(r.tile_bits_per_instance[m.operand.name])) console.log('tile', r.id, m.operand.name, m.tileBits, r.tile_bits_per_instance[m.operand.name]);
      if (JSON.stringify(e.doubleBuffered[m.operand.name]) !== JSON.stringify(r.double_buffered[m.operand.name])) console.log('db', r.id);}
    // bounds
    const b: any = { real: 0, words: 0, bits: 0 };
    const name: any = {};
    for (const p of e.ports) {
      const real = p.links.reduce((a, l) => a + l.realCycles * l.periods, 0);
      const words = p.links.reduce((a, l) => a + e.words[l.movement.operand.name]![l.level]![l.direction] / e.fractional.find((m)=>m.operand===l.movement.operand)!.unrolling.units[l.level + 1]!, 0);
      const words2 = p.links.reduce((a, l) => a + Math.ceil(l.movement.levels[l.level]!.elements[l.direction]*l.movement.levels[l.level]!.bits[l.direction]/p.port.bitsPerCycle) * l.periods, 0);
      const bits = p.links.reduce((a, l) => a + l.movement.levels[l.level]!.elements[l.direction]*l.movement.levels[l.level]!.bits[l.direction]*l.periods/p.port.bitsPerCycle, 0);
      for (const [k, v] of Object.entries({ real, words, bits })) if (v > b[k]) { b[k] = v; name[k] = p.memory.name + '/' + p.port.name; }
    }
    const g = r.port_lower_bound;
    for (const k of Object.keys(b)) cand[k] = (cand[k] ?? 0) + (Math.round(b[k]) === g.min_cycles ? 1 : 0);
    if (Math.abs(b.words - g.min_cycles) > 0.5 ) console.log(r.id, b, name, g);
    if (r.latency_cycles.total2 < g.min_cycles) strict++;
    for (const k of Object.keys(b)) cand['flag_' + k] = (cand['flag_' + k] ?? 0) + ((r.latency_cycles.total2 < b[k]) === (r.latency_cycles.total2 < g.min_cycles) ? 1 : 0);
  }
  console.log(cand, strict);
});

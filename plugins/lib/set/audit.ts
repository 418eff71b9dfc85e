import type { AuditSubject, ResourceDemand } from 'tessera-sim';
import { figuresOf } from './exact.js';
import { dieLinkDemands, type Dies } from './machine.js';
import { linkBytes } from './links.js';
import type { SetSchedule } from './record.js';

/** What the schedule demands of DRAM, of each link and core, of links between dies, and of the order of its data. */
export function setDemands(schedule: SetSchedule, dies: Dies = 1): readonly ResourceDemand[] {
  const { machine, operations } = schedule;
  const figures = figuresOf(schedule);
  const demands: ResourceDemand[] = [
    {
      resource: 'DRAM',
      kind: 'memory',
      amount: figures.dramReadBytes + figures.dramWriteBytes,
      unit: 'bytes',
      perCycle: machine.dramBytesPerCycle,
      parts: `read ${figures.dramReadBytes}, written ${figures.dramWriteBytes}`,
    },
    {
      resource: 'data and core order, transfers free',
      kind: 'dependencies',
      amount: figures.makespanFreeTransfersCycles,
      unit: 'cycles',
      perCycle: 1,
    },
  ];
  for (const [link, bytes] of linkBytes(schedule))
    demands.push({ resource: `link ${link.replace('>', ' > ')}`, kind: 'link', amount: bytes, unit: 'bytes', perCycle: machine.linkBytesPerCycle });
  const cycles = new Map<string, number>();
  for (const { core, cycles: own } of operations) cycles.set(`core ${core.join(',')}`, (cycles.get(`core ${core.join(',')}`) ?? 0) + own);
  for (const [resource, amount] of cycles) demands.push({ resource, kind: 'compute', amount, unit: 'cycles', perCycle: 1 });
  for (const { link, bytes, bytesPerCycle } of dieLinkDemands(schedule, dies))
    demands.push({ resource: `die-to-die link ${link}`, kind: 'link', amount: bytes, unit: 'bytes', perCycle: bytesPerCycle });
  return demands;
}

/** The least cycles that the schedule takes: whole cycles of DRAM and of the busiest link (between dies too), or the longest path. */
export function lowerBoundCycles(schedule: SetSchedule, dies: Dies = 1): number {
  const { machine } = schedule;
  const figures = figuresOf(schedule);
  return Math.max(
    figures.makespanFreeTransfersCycles,
    Math.ceil((figures.dramReadBytes + figures.dramWriteBytes) / machine.dramBytesPerCycle),
    Math.ceil(figures.busiestLinkBytes / machine.linkBytesPerCycle),
    ...dieLinkDemands(schedule, dies).map(({ bytes, bytesPerCycle }) => Math.ceil(bytes / bytesPerCycle)),
  );
}

/** The schedule with the estimate that the tool gave for it. */
export function setAudit(schedule: SetSchedule, estimatedCycles: number | undefined): AuditSubject {
  return { name: schedule.id, estimator: 'set', ...(estimatedCycles === undefined ? {} : { estimatedCycles }), demands: setDemands(schedule) };
}

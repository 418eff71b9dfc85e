import type { DramDevice } from '../../device/device.js';
import type { ChannelListener } from '../channel.js';
import { ChannelLog } from '../channel-log.js';
import type { RefreshPolicy } from '../strategies.js';
import { BankQueueChannel } from './channel.js';
import { Completions } from './completions.js';
import { CommandIssue } from './issue.js';
import { RankRefreshes } from './rank-refreshes.js';
import { BankQueueRequests, type BankQueueSizes } from './requests.js';
import { DemandSearch, type SearchOptions } from './search.js';

export interface BankQueueOptions extends BankQueueSizes, SearchOptions {
  readonly device: DramDevice;
  readonly refresh: RefreshPolicy;
  /** A column and another command may go in one tick. */
  readonly dualCommands: boolean;
  readonly readLatencyTicks: number;
  readonly burstTicks: number;
  readonly refreshTicks: number;
  readonly listener: ChannelListener;
}

/** A controller with a queue per bank or rank, put together from its parts. Each part calls only those that are made before it. */
export function bankQueueChannel(options: BankQueueOptions): BankQueueChannel {
  const { device } = options;
  const requests = new BankQueueRequests(options, device.openRow);
  const log = new ChannelLog(device, requests.table, options.burstTicks);
  const completions = new Completions(requests, log, options.readLatencyTicks, options.listener);
  const issuer = new CommandIssue(device, requests, log, completions, options.refreshTicks);
  const refreshes = new RankRefreshes(device, options.refresh, options.banksPerQueue);
  const search = new DemandSearch(device, requests, refreshes, options);
  return new BankQueueChannel({ device, requests, log, completions, refreshes, search, issuer }, options.dualCommands);
}

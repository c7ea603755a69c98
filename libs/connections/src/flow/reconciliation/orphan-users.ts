import type { Logger } from '@nestjs/common';
import { pause } from '../../background/pause.js';
import type { PowensUserRepository } from '../../custody/powens-user.repository.js';
import { describeError } from '../../errors/index.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { ApiPath } from '../../powens/bank/api-path.js';
import type { PowensClient } from '../../powens/powens.client.js';
import { parseUser, type PowensUser } from '../../powens/powens.parsers.js';
import { ConsoleToken } from '../../values/secrets/console-token.js';
import type { OrphanReport } from './reconciliation.types.js';

const PAGE = 1000;
const MAX_IDS = 1000;

/** Younger users may still be in the webview: they stay temporary for half an hour. */
const MIN_AGE_SECONDS = 3600;

/** Where orphans are searched, and how fast. */
export interface OrphanSearch {
  readonly options: Pick<ResolvedOptions, 'powens' | 'reconciliation'>;
  readonly users: PowensUserRepository;
  readonly powens: PowensClient;
  readonly logger: Logger;
}

/** The report before the first search. */
export function noSearchYet({ powens }: OrphanSearch['options']): OrphanReport {
  return { checked: false, reason: powens.usersToken === null ? 'no_users_token' : 'not_yet' };
}

/**
 * Searches for Powens users without a row here: each is billed, and holds a person's data. Only reports them: their owner
 * cannot be determined here. Never fails: a comparison does not depend on its result.
 *
 * @param signal - stops the search after the current page
 * @internal
 */
export async function searchOrphans(search: OrphanSearch, signal: AbortSignal): Promise<OrphanReport> {
  const { usersToken } = search.options.powens;
  if (usersToken === null) {
    return noSearchYet(search.options);
  }
  try {
    return reportOf(await find(search, ConsoleToken.of(usersToken), signal), search.logger);
  } catch (error) {
    const text = describeError(error);
    search.logger.error(`The search for Powens users without a row here failed: ${text}`);
    return { checked: false, reason: 'failed' };
  }
}

async function find(
  { options, users, powens }: OrphanSearch,
  token: ConsoleToken,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const list = { key: 'users', parse: parseUser, skipsUnreadable: true };
  const orphans: string[] = [];
  let path: ApiPath | null = ApiPath.of('/users', { limit: PAGE });
  while (path !== null && !signal.aborted) {
    const { items, next }: { items: readonly PowensUser[]; next: ApiPath | null } = await powens.readPage(
      path,
      token,
      list,
    );
    orphans.push(...(await users.findOrphans(items, MIN_AGE_SECONDS)));
    path = next;
    if (path !== null) {
      await pause(60_000 / options.reconciliation.usersPerMinute, signal);
    }
  }
  return orphans;
}

function reportOf(orphans: readonly string[], logger: Logger): OrphanReport {
  const powensUserIds = orphans.slice(0, MAX_IDS);
  if (orphans.length > 0) {
    logger.warn(
      `${orphans.length} Powens users belong to no account here, the first is ${orphans[0] ?? ''}: another application of ` +
        'this domain made them, or they were left behind. Nothing is deleted; see ReconciliationService.report()',
    );
  }
  return { checked: true, count: orphans.length, powensUserIds, at: new Date().toISOString() };
}

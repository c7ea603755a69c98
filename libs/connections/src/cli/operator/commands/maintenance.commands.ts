import { ConnectionsAdminService } from '../../../flow/administration/connections-admin.service.js';
import { ReconciliationService } from '../../../flow/reconciliation/reconciliation.service.js';
import type { ReconciledLoss } from '../../../flow/losses/reconciled-loss.js';
import { ProgressDisplay, type Progress } from '../../shared/progress-display.js';
import { DONE, INTERRUPTED, LEFT, type Command, type Invocation } from '../command.js';
import { OWNER, ownerOf } from './owner.commands.js';

/** What concerns every owner: comparisons, losses, the retention. */
export const MAINTENANCE_COMMANDS: readonly Command[] = [
  {
    words: ['reconcile'],
    summary: 'compares one owner, or all of them, with Powens, and applies what changed',
    options: {
      ...OWNER,
      'no-renewals': { meaning: 'renews no token: after a backup was restored' },
    },
    run: reconcile,
  },
  {
    words: ['losses', 'list'],
    summary: 'lists what Powens no longer finds and what is still in use here',
    run: async (invocation: Invocation): Promise<number> => {
      const losses = await (await invocation.service(ReconciliationService)).listLosses();
      const text = losses.map((loss) => `${lossLine(loss)}\n`).join('');
      invocation.print({ items: losses }, text === '' ? 'There is none.\n' : text);
      return losses.some(({ status }) => status === 'held') ? LEFT : DONE;
    },
  },
  {
    words: ['losses', 'approve'],
    summary: 'takes the held ones out of use here, once a person has checked that Powens is right',
    options: { confirm: { meaning: 'approves; without it they are only counted' } },
    run: approve,
  },
  {
    words: ['purge'],
    summary: 'removes attempts, events and webhooks that are older than their retention',
    run: purge,
  },
];

async function reconcile(invocation: Invocation): Promise<number> {
  const { given, context } = invocation;
  const reconciliation = await invocation.service(ReconciliationService);
  const owner = ownerOf(given);
  if (owner !== undefined) {
    const outcome = await reconciliation.reconcile(owner);
    const { result, added, changed, removed, missing } = outcome;
    invocation.print(
      outcome,
      `${result}: ${added} added, ${changed} changed, ${removed} removed, ${missing} missing.\n`,
    );
    return result === 'compared' ? DONE : LEFT;
  }
  const report = await withProgress(invocation, 'compared', async (onProgress) =>
    reconciliation.reconcileAll({
      signal: context.signal,
      renewTokens: given['no-renewals'] !== true,
      onProgress,
    }),
  );
  invocation.print(
    report,
    `${report.accounts} compared here: ${report.added} added, ${report.changed} changed, ${report.removed} removed, ` +
      `${report.missing} missing, ${report.failures} failed.\n`,
  );
  return endOf(invocation, report.failures > 0);
}

async function approve(invocation: Invocation): Promise<number> {
  const reconciliation = await invocation.service(ReconciliationService);
  const held = (await reconciliation.listLosses()).filter(({ status }) => status === 'held');
  if (invocation.given['confirm'] !== true) {
    invocation.print(
      { held: held.length, approved: 0 },
      `${held.length} losses are held back. With --confirm they are taken out of use here. Nothing was done.\n`,
    );
    return held.length === 0 ? DONE : LEFT;
  }
  // Only what was listed: what is held since was seen by no person.
  const approved = held.length === 0 ? 0 : await reconciliation.approveLosses(held.map(({ id }) => id));
  invocation.print({ held: held.length, approved }, `${approved} losses were approved.\n`);
  return DONE;
}

async function purge(invocation: Invocation): Promise<number> {
  const report = await withProgress(invocation, 'removed', async (onProgress) =>
    (await invocation.service(ConnectionsAdminService)).purge({
      signal: invocation.context.signal,
      onProgress,
    }),
  );
  const { attempts, events, webhooks } = report;
  invocation.print(
    report,
    `${attempts} attempts, ${events} events, ${webhooks} webhooks and bodies removed.\n`,
  );
  return endOf(invocation, false);
}

async function withProgress<T>(
  { context }: Invocation,
  what: string,
  run: (onProgress: (progress: Progress) => void) => Promise<T>,
): Promise<T> {
  const display = new ProgressDisplay(context.stderr, what);
  try {
    return await run((progress) => {
      display.show(progress);
    });
  } finally {
    display.end();
  }
}

function endOf({ context }: Invocation, isLeft: boolean): number {
  if (context.signal.aborted) {
    return INTERRUPTED;
  }
  return isLeft ? LEFT : DONE;
}

function lossLine({
  id,
  subject,
  subjectId,
  evidence,
  status,
  connections,
  firstSeenAt,
}: ReconciledLoss): string {
  return `${id}  ${status}  ${subject} ${subjectId}  ${evidence}  ${connections} connections  since ${firstSeenAt.toISOString()}`;
}

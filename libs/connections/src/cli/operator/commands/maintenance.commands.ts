import { ConnectionsAdminService } from '../../../flow/administration/connections-admin.service.js';
import { ReconciliationService } from '../../../flow/reconciliation/reconciliation.service.js';
import type { ReconciledLoss } from '../../../flow/losses/reconciled-loss.js';
import { withProgress } from '../../shared/progress-display.js';
import { DONE, INTERRUPTED, LEFT, textOf, type Command, type Invocation } from '../command.js';
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
    operands: ['loss id…'],
    summary: 'takes held ones out of use here, once a person has checked each and Powens is right',
    run: approve,
  },
  {
    words: ['audit', 'verify'],
    summary: 'reads the audit trail, and finds rows that were edited, removed, moved or added by others',
    options: {
      expect: {
        value: 'head',
        meaning: 'a head of an earlier run or of the log, which the trail must still contain',
      },
    },
    run: verifyAudit,
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
  const report = await withProgress(context.stderr, 'compared', async (onProgress) =>
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

/** By their ids alone: what is held since the list was read was seen by no person. */
async function approve(invocation: Invocation): Promise<number> {
  const { operands, service, print } = invocation;
  const approved = await (await service(ReconciliationService)).approveLosses(operands);
  const left = operands.length - approved;
  print(
    { approved, left },
    `${approved} losses were approved, ${left} are not held back or changed meanwhile.\n`,
  );
  return left === 0 ? DONE : LEFT;
}

async function verifyAudit(invocation: Invocation): Promise<number> {
  const { given, context } = invocation;
  const expect = textOf(given, 'expect');
  const admin = await invocation.service(ConnectionsAdminService);
  const report = await withProgress(context.stderr, 'checked', async (onProgress) =>
    admin.verifyAudit({ signal: context.signal, onProgress, ...(expect === undefined ? {} : { expect }) }),
  );
  const { checked, anonymised, head, findings } = report;
  const found = findings.map(
    ({ problem, position }) => `${problem}${position === null ? '' : ` at ${position}`}\n`,
  );
  invocation.print(
    report,
    `${found.join('')}${checked} rows checked, ${anonymised} of erased owners, ${findings.length} findings.\n` +
      (head === null ? '' : `Head: ${head}\n`),
  );
  return endOf(invocation, !report.intact);
}

async function purge(invocation: Invocation): Promise<number> {
  const report = await withProgress(invocation.context.stderr, 'removed', async (onProgress) =>
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

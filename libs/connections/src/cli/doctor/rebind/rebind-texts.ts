import { isSameProvider, providerText, type ProviderBinding } from '../../../values/provider-binding.js';
import type { LeftRow } from './provider-rebinding.js';
import type { LeftReason } from './row-proof.js';
import type { BoundCount } from './rebind.repository.js';

/** Rows of one reason that are listed by their ids. */
const MAX_LISTED = 20;

const MEANINGS: Readonly<Record<LeftReason, string>> = {
  key_unavailable: 'their key is not in the ring: add it back',
  token_tampered: 'they are not as this library wrote them: treat it as an incident',
  no_token: 'they keep no token: rebind them with --without-token, once another row was proven',
  token_refused: 'Powens refuses their token: rebind them with --without-token, once another row was proven',
  another_user:
    'their token belongs to ANOTHER user at the configured Powens: it is not the same application',
  other_connections: 'Powens lists none of their connections: it is not the same application',
  no_answer: 'Powens did not answer: run it again',
  changed_meanwhile: 'they were changed meanwhile: run it again',
};

/** Lists the Powens users by the provider that they are bound to. */
export function tableOf(
  counts: readonly BoundCount[],
  instance: string,
  configured: ProviderBinding,
): string {
  const lines = counts.map(({ provider, rows, withoutToken }) => {
    const mark = isSameProvider(provider, configured) ? ' (configured)' : '';
    const without = withoutToken === 0 ? '' : `, ${withoutToken} of them without a token`;
    return `  ${providerText(provider)}${mark}: ${rows}${without}\n`;
  });
  return `Powens users of instance "${instance}" by the Powens that they are bound to:\n${lines.join('')}`;
}

/** What a person can do next, where nothing was changed. */
export function adviceOf(from: ProviderBinding | null, total: number, to: ProviderBinding): string {
  if (from === null) {
    return 'Name the one to rebind with --from-origin and --from-client-id. Nothing was changed.\n';
  }
  if (total === 0) {
    return `None is bound to ${providerText(from)}: name it as it is listed. Nothing was changed.\n`;
  }
  return (
    `With --confirm, the token of each of these ${total} is sent to ${to.apiOrigin}, and only those that prove to be ` +
    'the same Powens user there are rebound. Nothing was changed, and nothing was sent to Powens.\n'
  );
}

/** Lists the rows that were left, by reason. */
export function leftText(left: readonly LeftRow[]): string {
  const reasons = [...new Set(left.map(({ reason }) => reason))].sort();
  return reasons
    .map((reason) => {
      const ids = left.filter((row) => row.reason === reason).map(({ userId }) => userId);
      const more = ids.length > MAX_LISTED ? `  and ${ids.length - MAX_LISTED} more\n` : '';
      const listed = ids.slice(0, MAX_LISTED).map((id) => `  ${id}\n`);
      return `${reason}: ${ids.length}, ${MEANINGS[reason]}. Rows of powens_user:\n${listed.join('')}${more}`;
    })
    .join('');
}

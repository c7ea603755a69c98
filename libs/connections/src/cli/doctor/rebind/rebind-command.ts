import { ConnectionChangesRepository } from '../../../connections/connection-changes.repository.js';
import { ConnectionsDatabase } from '../../../database/connections-database.js';
import { ConnectionsError } from '../../../errors/index.js';
import {
  isSameProvider,
  providerBindingOf,
  providerText,
  type ProviderBinding,
} from '../../../values/provider-binding.js';
import { ProgressDisplay } from '../../shared/progress-display.js';
import { loadRing } from '../../shared/key-source.js';
import { databaseUrl, openDatabase } from '../../shared/open-database.js';
import type { Environment, Output } from '../../shared/output.js';
import { UsageError } from '../../shared/usage-error.js';
import type { DoctorArguments } from '../doctor-arguments.js';
import { readSettings, type DoctorSettings } from '../doctor-settings.js';
import { powensOf } from '../examination.js';
import { ProviderRebinding, type LeftReason, type LeftRow, type RebindPlan } from './provider-rebinding.js';
import { RebindRepository, type BoundCount } from './rebind.repository.js';

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

interface Outputs {
  readonly stdout: Output;
  readonly stderr: Output;
}

/**
 * Counts the Powens users by the provider that they are bound to and, with `--confirm`, binds those of one provider to the
 * configured one.
 *
 * @returns whether no row of another provider is left
 * @throws UsageError before anything was done
 */
export async function rebind(args: DoctorArguments, env: Environment, outputs: Outputs): Promise<boolean> {
  const settings = readSettings(args, env);
  if (!('options' in settings)) {
    settings.forEach((problem) => outputs.stderr.write(`${problem}\n`));
    return false;
  }
  const from = namedProvider(args, settings);
  const url = databaseUrl(env['DATABASE_URL']);
  try {
    const dataSource = await openDatabase(url, args, 'connections doctor');
    try {
      const database = new ConnectionsDatabase(dataSource, {
        instance: args.instance,
        preparedStatements: false,
      });
      await database.assertUsable();
      return await new RebindRun({ args, env, outputs, settings, database }).run(from);
    } finally {
      await dataSource.destroy();
    }
  } catch (error) {
    if (!(error instanceof ConnectionsError)) {
      throw error;
    }
    outputs.stderr.write(`${error.message}\n`);
    return false;
  }
}

interface Given {
  readonly args: DoctorArguments;
  readonly env: Environment;
  readonly outputs: Outputs;
  readonly settings: DoctorSettings;
  readonly database: ConnectionsDatabase;
}

class RebindRun {
  readonly #to: ProviderBinding;
  readonly #rows: RebindRepository;

  constructor(private readonly given: Given) {
    this.#to = given.settings.options.powens.provider;
    this.#rows = new RebindRepository(given.database, given.args.instance);
  }

  async run(from: ProviderBinding | null): Promise<boolean> {
    const { args, outputs } = this.given;
    const counts = await this.#rows.countByProvider();
    outputs.stdout.write(this.tableOf(counts));
    const others = counts.filter(({ provider }) => !isSameProvider(provider, this.#to));
    if (others.length === 0) {
      outputs.stdout.write('Every Powens user is bound to the configured Powens. Nothing is to be done.\n');
      return true;
    }
    const total = others.find(({ provider }) => from !== null && isSameProvider(provider, from))?.rows ?? 0;
    if (from === null || total === 0 || !args.confirm) {
      outputs.stdout.write(this.adviceOf(from, total));
      return false;
    }
    return this.act(from, total);
  }

  private async act(from: ProviderBinding, total: number): Promise<boolean> {
    const { args, env, outputs, settings, database } = this.given;
    const { instance, withoutToken } = args;
    const ring = await loadRing(args.keyProvider, env);
    const powens = powensOf(settings);
    const display = new ProgressDisplay(outputs.stderr, 'rebound');
    const plan: RebindPlan = { instance, from, to: this.#to, withoutToken };
    const connections = new ConnectionChangesRepository(database);
    const rebinding = new ProviderRebinding(plan, { rows: this.#rows, connections, ring, powens });
    try {
      const { rebound, left, isStopped } = await rebinding
        .run((progress) => {
          display.show({ done: progress.rebound, total, skipped: progress.left, unreadable: 0 });
        })
        .finally(() => {
          display.end();
        });
      outputs.stdout.write(`${rebound} Powens users were rebound, ${left.length} were left as they are.\n`);
      outputs.stdout.write(leftText(left));
      if (isStopped) {
        outputs.stdout.write('Powens stopped answering, so the run ended. Run it again.\n');
      }
      return (await this.#rows.countByProvider()).every(({ provider }) => isSameProvider(provider, this.#to));
    } finally {
      await powens.onApplicationShutdown();
    }
  }

  private tableOf(counts: readonly BoundCount[]): string {
    const { instance } = this.given.args;
    const lines = counts.map(({ provider, rows, withoutToken }) => {
      const mark = isSameProvider(provider, this.#to) ? ' (configured)' : '';
      const without = withoutToken === 0 ? '' : `, ${withoutToken} of them without a token`;
      return `  ${providerText(provider)}${mark}: ${rows}${without}\n`;
    });
    return `Powens users of instance "${instance}" by the Powens that they are bound to:\n${lines.join('')}`;
  }

  private adviceOf(from: ProviderBinding | null, total: number): string {
    if (from === null) {
      return 'Name the one to rebind with --from-origin and --from-client-id. Nothing was changed.\n';
    }
    if (total === 0) {
      return `None is bound to ${providerText(from)}: name it as it is listed. Nothing was changed.\n`;
    }
    return (
      `With --confirm, the token of each of these ${total} is sent to ${this.#to.apiOrigin}, and only those that prove to be ` +
      'the same Powens user there are rebound. Nothing was changed, and nothing was sent to Powens.\n'
    );
  }
}

function namedProvider(
  { fromOrigin, fromClientId, confirm }: DoctorArguments,
  { options }: DoctorSettings,
): ProviderBinding | null {
  if (fromOrigin === undefined && fromClientId === undefined && !confirm) {
    return null;
  }
  if (fromOrigin === undefined || fromClientId === undefined) {
    throw new UsageError('rebind needs --from-origin and --from-client-id, both.');
  }
  // The slash first: the version is the last segment.
  const from = providerBindingOf(fromOrigin.replace(/\/+$/, ''), fromClientId);
  if (isSameProvider(from, options.powens.provider)) {
    throw new UsageError(
      '--from-origin and --from-client-id name the configured Powens itself: name the one before.',
    );
  }
  return from;
}

function leftText(left: readonly LeftRow[]): string {
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

import { ConnectionChangesRepository } from '../../../connections/connection-changes.repository.js';
import type { ConnectionsDatabase } from '../../../database/connections-database.js';
import { ConnectionsError } from '../../../errors/index.js';
import { isSameProvider, providerBindingOf, type ProviderBinding } from '../../../values/provider-binding.js';
import { ProgressDisplay } from '../../shared/progress-display.js';
import { loadRing } from '../../shared/key-source.js';
import { databaseUrl, withDatabase } from '../../shared/open-database.js';
import type { Environment, Output } from '../../shared/output.js';
import { UsageError } from '../../shared/usage-error.js';
import type { DoctorArguments } from '../doctor-arguments.js';
import { readSettings, type DoctorSettings } from '../doctor-settings.js';
import { powensOf } from '../examination.js';
import { ProviderRebinding, type RebindPlan } from './provider-rebinding.js';
import { RebindRepository } from './rebind.repository.js';
import { adviceOf, leftText, tableOf } from './rebind-texts.js';

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
    return await withDatabase(url, args, 'connections doctor', async (database) =>
      new RebindRun({ args, env, outputs, settings, database }).run(from),
    );
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
    outputs.stdout.write(tableOf(counts, args.instance, this.#to));
    const others = counts.filter(({ provider }) => !isSameProvider(provider, this.#to));
    if (others.length === 0) {
      outputs.stdout.write('Every Powens user is bound to the configured Powens. Nothing is to be done.\n');
      return true;
    }
    const total = others.find(({ provider }) => from !== null && isSameProvider(provider, from))?.rows ?? 0;
    if (from === null || total === 0 || !args.confirm) {
      outputs.stdout.write(adviceOf(from, total, this.#to));
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

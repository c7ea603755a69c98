import { HttpService } from '@nestjs/axios';
import axios from 'axios';
import type { DataSource } from 'typeorm';
import type { KeyRing } from '../../custody/crypto/key-ring.js';
import { ConnectionsDatabase } from '../../database/connections-database.js';
import { ConfigurationError, ConnectionsError } from '../../errors/index.js';
import { powensHttpOptions } from '../../powens/powens-http.options.js';
import { PowensClient } from '../../powens/powens.client.js';
import { ConsoleToken } from '../../values/secrets/console-token.js';
import { loadRing } from '../shared/key-source.js';
import { databaseUrl, openDatabase } from '../shared/open-database.js';
import type { Environment } from '../shared/output.js';
import { UsageError } from '../shared/usage-error.js';
import { checkConnections } from './checks/connections.check.js';
import { checkKeys } from './checks/keys.check.js';
import { checkLosses } from './checks/losses.check.js';
import { checkPowens, checkRedirectUri, newestToken, type Bearer } from './checks/powens.check.js';
import { checkOrphans } from './checks/orphans.check.js';
import { checkQueues } from './checks/queues.check.js';
import { checkSchema } from './checks/schema.check.js';
import { checkWebhooks } from './checks/webhooks.check.js';
import type { DoctorArguments } from './doctor-arguments.js';
import { problemsOf, readSettings, type DoctorSettings } from './doctor-settings.js';
import { findingsOf, wordsOf, type Finding } from './finding.js';

/** Calls Powens as an application with these settings would. The caller closes it. */
export function powensOf({ options }: DoctorSettings): PowensClient {
  return new PowensClient(options, new HttpService(axios.create(powensHttpOptions(options))));
}

/** Runs every possible check, and yields each finding as soon as it is known. */
export class Examination {
  #ring: KeyRing | null = null;
  #bearer: Bearer = null;

  constructor(
    private readonly args: DoctorArguments,
    private readonly env: Environment,
  ) {}

  async *findings(): AsyncGenerator<Finding, void> {
    const settings = readSettings(this.args, this.env);
    const { ok, fix } = findingsOf('configuration');
    yield* 'options' in settings ? [ok('complete')] : settings.map(fix);
    yield* await this.keyRing();
    yield* this.database('options' in settings ? settings : null);
    if ('options' in settings) {
      yield* this.outside(settings);
    }
  }

  private async keyRing(): Promise<readonly Finding[]> {
    const { fix } = findingsOf('key ring');
    try {
      this.#ring = await loadRing(this.args.keyProvider, this.env);
      return [];
    } catch (error) {
      return error instanceof ConfigurationError ? problemsOf(error).map(fix) : [fix(wordsOfBoth(error))];
    }
  }

  private async *database(settings: DoctorSettings | null): AsyncGenerator<Finding, void> {
    const { ok, fix } = findingsOf('database');
    let dataSource: DataSource;
    try {
      dataSource = await openDatabase(databaseUrl(this.env['DATABASE_URL']), this.args, 'connections doctor');
    } catch (error) {
      yield fix(`${wordsOfBoth(error)} Check DATABASE_URL, and whether this machine may reach it.`);
      return;
    }
    try {
      yield ok('answers');
      yield* this.inside(dataSource, settings);
    } catch (error) {
      yield fix(wordsOf(error));
    } finally {
      await dataSource.destroy();
    }
  }

  private async *inside(
    dataSource: DataSource,
    settings: DoctorSettings | null,
  ): AsyncGenerator<Finding, void> {
    const schema = await checkSchema(dataSource);
    yield schema;
    if (schema.verdict !== 'ok') {
      return;
    }
    const database = new ConnectionsDatabase(dataSource, {
      instance: this.args.instance,
      preparedStatements: false,
    });
    if (this.#ring !== null) {
      yield* await checkKeys(database, this.#ring, this.args);
      yield await checkConnections(database, this.#ring, this.args);
      this.#bearer = settings === null ? null : await this.token(database, this.#ring, settings);
    }
    yield* await checkQueues(database);
    yield await checkLosses(database);
    yield* await checkOrphans(database);
  }

  /** A token that cannot be opened was already reported. */
  private async token(
    database: ConnectionsDatabase,
    ring: KeyRing,
    settings: DoctorSettings,
  ): Promise<Bearer> {
    try {
      return await newestToken(database, ring, settings);
    } catch (error) {
      wordsOf(error);
      return null;
    }
  }

  private async *outside(settings: DoctorSettings): AsyncGenerator<Finding, void> {
    const powens = powensOf(settings);
    try {
      const reachable = await checkPowens(powens, settings);
      yield reachable;
      if (reachable.verdict === 'ok') {
        const configToken = this.env['POWENS_CONFIG_TOKEN']?.trim() ?? '';
        const bearer = configToken === '' ? this.#bearer : ConsoleToken.of(configToken);
        yield await checkRedirectUri(powens, settings, bearer);
      }
    } finally {
      await powens.onApplicationShutdown();
    }
    yield await checkWebhooks(settings);
  }
}

function wordsOfBoth(error: unknown): string {
  return error instanceof UsageError && !(error instanceof ConnectionsError) ? error.message : wordsOf(error);
}

import { Injectable } from '@nestjs/common';
import { connectorSources, sourceNamed } from '../connectors/connector.js';
import type { Connector, ConnectorSource } from '../connectors/connector.js';
import { ConnectorsService } from '../connectors/connectors.service.js';
import type { Fields } from '../http/fields.js';
import {
  invalidValue,
  missingParameter,
  restrictedConnector,
  syncConflict,
  wrongPass,
} from '../http/sandbox-api.error.js';
import { SANDBOX_CHOICES } from '../sandbox.choices.js';
import { TEST_CREDENTIALS } from '../sandbox.credentials.js';
import type { ConnectionRecord, UserRecord } from '../store/records.js';
import { SandboxStore } from '../store/sandbox.store.js';
import { challengeState } from './connection-state.js';
import { ConnectionsService } from './connections.service.js';

const FRESH_MS = SANDBOX_CHOICES.freshnessSeconds * 1000;

/**
 * Making, resuming and synchronising connections through the API, without a webview.
 *
 * @see protocol notes, section 5.3 to 5.6
 */
@Injectable()
export class ConnectionSetup {
  constructor(
    private readonly connections: ConnectionsService,
    private readonly connectors: ConnectorsService,
    private readonly store: SandboxStore,
  ) {}

  /** `POST /users/{u}/connections`. Refused credentials leave no connection behind. */
  create(user: UserRecord, body: Fields): ConnectionRecord {
    const named = body.text('connector_uuid') ?? body.text('id_connector');
    if (named === undefined) {
      throw missingParameter('connector_uuid');
    }
    const connector = this.connectors.named(named);
    if (connector === undefined) {
      throw invalidValue('connector_uuid');
    }
    if (connector.restricted) {
      throw restrictedConnector();
    }
    const source = sourceOf(connector, body.text('source'));
    if (source.authMechanism === 'webauth') {
      return this.connections.announce(this.connections.create(user, connector, 'webauthRequired', source));
    }
    checkCredentials(connector, body);
    return this.connections.announce(
      this.connections.create(user, connector, challengeState(connector), source),
    );
  }

  /** `POST /users/{u}/connections/{c}`: answers what the connection asks, or starts a synchronisation. */
  resume(connection: ConnectionRecord, body: Fields, isBackground: boolean): ConnectionRecord {
    const active = body.flag('active');
    if (active !== undefined) {
      return this.connections.change(connection, { active });
    }
    if (body.flag('refresh_auth') === true) {
      return this.challenge(connection);
    }
    return connection.state === null
      ? this.connections.synchronise(connection)
      : this.answerState(connection, body, isBackground);
  }

  /** `PUT /users/{u}/connections/{c}`. A challenge is only started when the person is present (`psu_requested`). */
  synchronise(connection: ConnectionRecord, isPersonPresent: boolean): ConnectionRecord {
    const { state, lastSyncAt } = connection;
    if (state === null) {
      if (lastSyncAt !== null && this.store.clock.now() - lastSyncAt < FRESH_MS) {
        throw syncConflict(connection.id);
      }
      return this.connections.synchronise(connection);
    }
    const wantsPerson = state === 'SCARequired' || state === 'webauthRequired';
    // The other states are tried again without success.
    return wantsPerson && isPersonPresent
      ? this.challenge(connection)
      : this.connections.announce(connection);
  }

  private answerState(connection: ConnectionRecord, body: Fields, isBackground: boolean): ConnectionRecord {
    switch (connection.state) {
      case 'additionalInformationNeeded':
        return this.sendOtp(connection, body);
      case 'decoupled':
        return this.confirm(connection, body, isBackground);
      case 'wrongpass':
      case 'passwordExpired':
        return this.sendCredentials(connection, body);
      case 'SCARequired':
      case 'webauthRequired':
        return this.challenge(connection);
      default:
        // The others wait for the bank or for Powens: nothing the caller sends changes them.
        return connection;
    }
  }

  /** The bank asks the person to authenticate; one without a challenge completes at once. */
  private challenge(connection: ConnectionRecord): ConnectionRecord {
    const state = challengeState(this.connectors.get(connection.idConnector));
    return state === null
      ? this.connections.complete(connection)
      : this.connections.announce(this.connections.putInState(connection, state));
  }

  private sendOtp(connection: ConnectionRecord, body: Fields): ConnectionRecord {
    const otp = body.text('otp');
    if (otp === undefined) {
      return connection;
    }
    if (otp !== TEST_CREDENTIALS.otp) {
      throw wrongPass();
    }
    return this.connections.complete(connection);
  }

  /** No phone is involved: `resume` confirms, at once or, in the background, after a moment. */
  private confirm(connection: ConnectionRecord, body: Fields, isBackground: boolean): ConnectionRecord {
    if (body.flag('resume') !== true) {
      return connection;
    }
    return isBackground
      ? this.connections.putInState(connection, 'validating')
      : this.connections.complete(connection);
  }

  private sendCredentials(connection: ConnectionRecord, body: Fields): ConnectionRecord {
    if (!body.has('password')) {
      return connection;
    }
    const isRight = body.text('password') === TEST_CREDENTIALS.password;
    const isLoginRight = !body.has('login') || body.text('login') === TEST_CREDENTIALS.login;
    if (!isRight || !isLoginRight) {
      throw wrongPass();
    }
    return this.challenge(connection);
  }
}

/** The source that was asked for; the preferred one where none was named. */
function sourceOf(connector: Connector, name: string | undefined): ConnectorSource {
  const source = name === undefined ? connectorSources(connector)[0] : sourceNamed(connector, name);
  if (source === undefined) {
    throw invalidValue('source', 'this connector has no source of that name');
  }
  return source;
}

function checkCredentials(connector: Connector, body: Fields): void {
  for (const field of connector.fields) {
    const value = body.required(field.name);
    if (field.values !== null && !field.values.some((choice) => choice.value === value)) {
      throw invalidValue(field.name);
    }
  }
  if (body.text('login') !== TEST_CREDENTIALS.login || body.text('password') !== TEST_CREDENTIALS.password) {
    throw wrongPass();
  }
}

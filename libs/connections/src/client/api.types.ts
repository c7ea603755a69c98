/**
 * The routes of the library as types. Generated from their OpenAPI document by `npm run generate:client`: do not edit.
 *
 * @module
 */
export interface paths {
  '/connections': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List your connections, oldest first */
    get: operations['ConnectionsController_list'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/connections/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** See one of your connections */
    get: operations['ConnectionsController_get'];
    put?: never;
    post?: never;
    /** Delete a connection, at Powens and here */
    delete: operations['LifecycleController_delete'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/connections/{id}/reconnect': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Repair a connection
     * @description For every `requiredAction` of `reconnect`. The connection keeps its id and its history.
     */
    post: operations['LifecycleController_reconnect'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/connections/{id}/sync': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Synchronise a connection now
     * @description Powens synchronises every connection daily by itself; this is for an owner who is waiting for it.
     */
    post: operations['LifecycleController_sync'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/connections/attempts/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** See how an attempt ended */
    get: operations['ConnectionsController_attempt'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/connections/attempts/{id}/complete': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Complete an attempt that returned to your application
     * @description For targets of `returnTo` with `complete: "confirm"`: native applications, and single-page applications with bearer tokens. The callback opens the application with `attempt` and `ticket`; the ticket completes the attempt once, for the owner who started and with the `binding` of that start. The same request may be sent again.
     */
    post: operations['ConnectionsController_complete'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/connections/connect': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Start a connection, redirect to the webview
     * @description As the POST, for a plain link, also in a mail. Open it in the address bar: "Try it out" cannot follow the redirect. A browser that comes from another site gets a page first, which asks whether to continue.
     */
    get: operations['ConnectController_redirect'];
    put?: never;
    /**
     * Start a connection, answer the webview URL
     * @description Issues an attempt for the signed-in owner and sets the cookie that ties it to this browser. Then open `url` in this same browser, as a full page.
     */
    post: operations['ConnectController_connect'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/connections/links': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Make a link to start a connection later
     * @description For yourself in another browser: it works only where the same user is signed in, and leads to a page that asks first. The answer is the only one that contains it.
     */
    post: operations['LinksController_create'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/connections/links/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Revoke a link */
    delete: operations['LinksController_revoke'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/connections/links/open': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Where a link leads to: a page that asks whether to continue
     * @description It is the same for every link and every person, and changes nothing: programs open links, too.
     */
    get: operations['LinksController_page'];
    put?: never;
    /**
     * Start the connection of a link
     * @description Sent by the page of the link, and then answered with a redirect to the webview; a client that does not prefer HTML gets the answer of `POST /connect`.
     */
    post: operations['LinksController_open'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/connections/manage': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Open the manage page of your connections
     * @description Connections may be added and deleted there; every difference is reported by events.
     */
    post: operations['LifecycleController_manage'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/connections/me': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Erase everything of yours
     * @description Deletes your Powens user, revokes and erases its access token, and removes every connection and attempt. What cannot be done at once is retried in the background.
     */
    delete: operations['LifecycleController_erase'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    PowensConnectionsAttemptResponse: {
      /**
       * Format: date-time
       * @example 2026-03-14T09:28:40.002Z
       */
      completedAt: string | null;
      /**
       * @example [
       *       "01985c3f-0f1b-7a52-8f0e-52f0c7f6a9d1"
       *     ]
       */
      connectionIds: string[];
      /**
       * Format: date-time
       * @example 2026-03-14T09:27:11.120Z
       */
      createdAt: string;
      /**
       * @description Stable code of what went wrong.
       * @example null
       */
      error: string | null;
      /**
       * Format: date-time
       * @example 2026-03-14T10:02:11.120Z
       */
      expiresAt: string;
      /**
       * @example connect
       * @enum {string}
       */
      flow: 'connect' | 'reconnect' | 'manage';
      /**
       * Format: uuid
       * @example 01985c3e-7f3a-7c11-9a4e-0f6f3b1f2a77
       */
      id: string;
      /**
       * @description pending: the browser has not come back. claimed: being completed. connected, denied, failed, expired: ended. unknown: the answer of Powens was lost; start again.
       * @example connected
       * @enum {string}
       */
      status: 'pending' | 'claimed' | 'connected' | 'denied' | 'failed' | 'expired' | 'unknown';
    };
    PowensConnectionsCompleteAttemptRequest: {
      /**
       * @description `binding` of the answer of the start.
       * @example Zq0mJ1nX5s7y8wQeRtYuIoPaSdFgHjKlZxCvBnM1234
       */
      binding: string;
      /**
       * @description Parameter `ticket` of the address that the application was opened with, decoded once.
       * @example v1.example
       */
      ticket: string;
    };
    PowensConnectionsConnectionPageResponse: {
      items: components['schemas']['PowensConnectionsConnectionResponse'][];
      /**
       * @description Give it back as `cursor` for the next page.
       * @example null
       */
      nextCursor: string | null;
    };
    PowensConnectionsConnectionResponse: {
      /** @example Connecteur de test */
      connectorName: string | null;
      /** @example 338178e6-3d01-564f-9a7b-52ca442459bf */
      connectorUuid: string | null;
      /**
       * Format: date-time
       * @example 2026-03-14T09:28:40.002Z
       */
      createdAt: string;
      /**
       * Format: date-time
       * @description End of the consent.
       * @example null
       */
      expiresAt: string | null;
      /**
       * Format: uuid
       * @example 01985c3f-0f1b-7a52-8f0e-52f0c7f6a9d1
       */
      id: string;
      /**
       * Format: date-time
       * @example 2026-03-14T09:27:40.000Z
       */
      lastSyncedAt: string | null;
      /**
       * @description Id at Powens, always a string.
       * @example 1187
       */
      powensConnectionId: string;
      /**
       * @description What the state asks for; `contact_support` for a word that this version does not know.
       *
       *     - `SCARequired` → `reconnect`: A strong authentication is due
       *     - `webauthRequired` → `reconnect`: To be authorised again on the bank's site
       *     - `additionalInformationNeeded` → `reconnect`: The bank asks for a code
       *     - `decoupled` → `reconnect`: To be confirmed in the bank's app
       *     - `wrongpass` → `reconnect`: The bank refuses the credentials
       *     - `validating` → `wait`: A confirmation is being processed
       *     - `rateLimiting` → `wait`: The bank throttles; resumes by itself
       *     - `websiteUnavailable` → `wait`: The bank is down; resumes by itself
       *     - `bug` → `wait`: A failure of Powens; resumes by itself
       *     - `actionNeeded` → `act_at_bank`: Something to do on the bank’s own site
       *     - `passwordExpired` → `act_at_bank`: A new password to choose at the bank
       *     - `notSupported` → `contact_support`: Not supported by the connector
       *     - `someFutureState` → `contact_support`: A word that this version does not know
       * @example null
       * @enum {string|null}
       */
      requiredAction: 'reconnect' | 'wait' | 'act_at_bank' | 'contact_support' | null;
      /**
       * @description Powens' word for the state, or null after a good synchronisation. The list is open.
       * @example null
       */
      state: string | null;
    };
    PowensConnectionsCreateLinkRequest: {
      /** @description IBANs of the accounts to activate; others stay disabled. */
      accountIbans?: string[];
      /**
       * @description Types of bank accounts to offer.
       * @example [
       *       "checking",
       *       "card"
       *     ]
       */
      accountTypes?: string[];
      /** @description Private or professional accounts. */
      accountUsages?: ('priv' | 'orga')[];
      /**
       * @description What the connectors must offer, all of it. Billing providers need "document"; "bank" when absent.
       * @example [
       *       "bank"
       *     ]
       */
      capabilities?: ('bank' | 'bankwealth' | 'document')[];
      /**
       * @description Values to fill in, by connector and field. They show in the URL: never passwords or codes.
       * @example {
       *       "338178e6-3d01-564f-9a7b-52ca442459bf": {
       *         "website": "par"
       *       }
       *     }
       */
      connectorFields?: {
        [key: string]: {
          [key: string]: string;
        };
      };
      /**
       * @description Connectors to choose from, by uuid. A single one skips the picker.
       * @example [
       *       "338178e6-3d01-564f-9a7b-52ca442459bf"
       *     ]
       */
      connectorUuids?: string[];
      /**
       * @description Country of the connectors, ISO 3166 alpha-2.
       * @example FR
       */
      country?: string;
      /**
       * @description Minutes after which the link cannot be used any more; 1440, a day, when absent.
       * @example 1440
       */
      expiresInMinutes?: number;
      /**
       * @description Language of the webview; the browser's, or the configured one, when absent.
       * @enum {string}
       */
      lang?: 'en' | 'fr' | 'de' | 'nl' | 'pt' | 'it' | 'es';
      /**
       * @description Above 1, the webview offers to add another connection.
       * @example 1
       */
      maxConnections?: number;
      /**
       * @description Starts that the link allows; 1 when absent.
       * @example 1
       */
      maxUses?: number;
      /**
       * @description Where the browser lands afterwards: a path of this application, or the name of a configured target.
       * @example /banks
       */
      returnTo?: string;
    };
    PowensConnectionsLinkResponse: {
      /**
       * Format: date-time
       * @example 2026-03-15T09:27:11.120Z
       */
      expiresAt: string;
      /**
       * Format: uuid
       * @example 01985c3e-7f3a-7c11-9a4e-0f6f3b1f2a77
       */
      id: string;
      /** @example 1 */
      maxUses: number;
      /**
       * Format: uri
       * @description For the same user, in another browser or by mail. It starts nothing by itself, and works only where this user is signed in.
       * @example https://app.example.com/connections/links/open?token=Zq0mJ1nX5s7y8wQeRtYuIoPaSdFgHjKlZxCvBnM1234
       */
      url: string;
    };
    PowensConnectionsManageRequest: {
      /** @description What connections added there must offer. */
      capabilities?: ('bank' | 'bankwealth' | 'document')[];
      /**
       * Format: uuid
       * @description Opens directly on this connection.
       */
      connectionId?: string;
      /**
       * @description Language of the webview.
       * @enum {string}
       */
      lang?: 'en' | 'fr' | 'de' | 'nl' | 'pt' | 'it' | 'es';
      /**
       * @description Where the browser lands afterwards: a path of this application, or the name of a configured target.
       * @example /banks
       */
      returnTo?: string;
    };
    PowensConnectionsProblemResponse: {
      /**
       * @example not_found
       * @enum {string}
       */
      code:
        | 'configuration_invalid'
        | 'schema_missing'
        | 'invalid_request'
        | 'return_to_refused'
        | 'cross_site_refused'
        | 'method_not_allowed'
        | 'unauthenticated'
        | 'forbidden'
        | 'not_found'
        | 'rate_limited'
        | 'callback_refused'
        | 'callback_incomplete'
        | 'not_connected'
        | 'needs_reauth'
        | 'owner_already_connected'
        | 'powens_user_not_found'
        | 'busy'
        | 'sync_refused'
        | 'owner_conflict'
        | 'connection_not_found'
        | 'code_refused'
        | 'credentials_refused'
        | 'powens_unreachable'
        | 'powens_timeout'
        | 'powens_refused'
        | 'powens_failed'
        | 'powens_response_invalid'
        | 'access_denied'
        | 'server_error'
        | 'tos_declined'
        | 'session_expired'
        | 'provider_error'
        | 'attempt_expired'
        | 'outcome_unknown'
        | 'webhook_refused'
        | 'webhook_timeout'
        | 'webhook_too_large'
        | 'webhook_encoding_refused'
        | 'webhook_unreadable'
        | 'key_unavailable'
        | 'tenant_unavailable'
        | 'provider_mismatch'
        | 'token_tampered'
        | 'storage_failed'
        | 'commit_outcome_unknown'
        | 'publisher_unavailable'
        | 'publisher_refused'
        | 'internal_error';
      /** @example There is no such connection. */
      detail: string;
      /**
       * @description What does not fit, per property, for `invalid_request`.
       * @example [
       *       {
       *         "property": "lang",
       *         "problems": [
       *           "lang must be one of the following values: en, fr"
       *         ]
       *       }
       *     ]
       */
      errors?: {
        problems: string[];
        property: string;
      }[];
      /**
       * @description Names this occurrence in the log of the application, where a fault is not yours.
       * @example urn:uuid:0b0f4d5e-6f0e-4c39-9f7c-2f6a4d1f0c55
       */
      instance?: string;
      /** @example 404 */
      status: number;
      /** @example Not found */
      title: string;
      /** @example urn:nestjs-powens-connections:error:not_found */
      type: string;
    };
    PowensConnectionsReconnectRequest: {
      /**
       * @description With `resetCredentials`: the sources to ask for.
       * @example [
       *       "openapi"
       *     ]
       */
      connectionSources?: string[];
      /**
       * @description Language of the webview.
       * @enum {string}
       */
      lang?: 'en' | 'fr' | 'de' | 'nl' | 'pt' | 'it' | 'es';
      /**
       * @description Asks for all credentials anew, not only for what is missing.
       * @default false
       */
      resetCredentials?: boolean;
      /**
       * @description Where the browser lands afterwards: a path of this application, or the name of a configured target.
       * @example /banks
       */
      returnTo?: string;
    };
    PowensConnectionsStartConnectRequest: {
      /** @description IBANs of the accounts to activate; others stay disabled. */
      accountIbans?: string[];
      /**
       * @description Types of bank accounts to offer.
       * @example [
       *       "checking",
       *       "card"
       *     ]
       */
      accountTypes?: string[];
      /** @description Private or professional accounts. */
      accountUsages?: ('priv' | 'orga')[];
      /**
       * @description What the connectors must offer, all of it. Billing providers need "document"; "bank" when absent.
       * @example [
       *       "bank"
       *     ]
       */
      capabilities?: ('bank' | 'bankwealth' | 'document')[];
      /**
       * @description Values to fill in, by connector and field. They show in the URL: never passwords or codes.
       * @example {
       *       "338178e6-3d01-564f-9a7b-52ca442459bf": {
       *         "website": "par"
       *       }
       *     }
       */
      connectorFields?: {
        [key: string]: {
          [key: string]: string;
        };
      };
      /**
       * @description Connectors to choose from, by uuid. A single one skips the picker.
       * @example [
       *       "338178e6-3d01-564f-9a7b-52ca442459bf"
       *     ]
       */
      connectorUuids?: string[];
      /**
       * @description Country of the connectors, ISO 3166 alpha-2.
       * @example FR
       */
      country?: string;
      /**
       * @description Language of the webview; the browser's, or the configured one, when absent.
       * @enum {string}
       */
      lang?: 'en' | 'fr' | 'de' | 'nl' | 'pt' | 'it' | 'es';
      /**
       * @description Above 1, the webview offers to add another connection.
       * @example 1
       */
      maxConnections?: number;
      /**
       * @description Where the browser lands afterwards: a path of this application, or the name of a configured target.
       * @example /banks
       */
      returnTo?: string;
    };
    PowensConnectionsStartedAttemptResponse: {
      /**
       * Format: uuid
       * @example 01985c3e-7f3a-7c11-9a4e-0f6f3b1f2a77
       */
      attemptId: string;
      /**
       * @description Only when the target of `returnTo` has `complete: "confirm"`: keep it in the application, and send it with the ticket to `POST /attempts/{id}/complete`. Otherwise it is in the cookie.
       * @example Zq0mJ1nX5s7y8wQeRtYuIoPaSdFgHjKlZxCvBnM1234
       */
      binding?: string;
      /**
       * Format: date-time
       * @example 2026-03-14T10:02:11.120Z
       */
      expiresAt: string;
      /**
       * Format: uri
       * @description Open it in this same browser, as a full page. It is valid for one attempt and this browser only.
       * @example https://webview.powens.com/en/connect?domain=acme-sandbox.biapi.pro&client_id=20000001&redirect_uri=https%3A%2F%2Fapp.example.com%2Fconnections%2Fcallback&state=example
       */
      url: string;
    };
    PowensConnectionsWebhookTokenResponse: {
      /** @description Sent by Powens as bearer with its webhooks */
      access_token: string;
      /**
       * @description Seconds
       * @example 3600
       */
      expires_in: number;
      /** @enum {string} */
      token_type: 'Bearer';
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  ConnectionsController_list: {
    parameters: {
      query?: {
        /** @description `nextCursor` of the page before. */
        cursor?: string;
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['PowensConnectionsConnectionPageResponse'];
        };
      };
      /** @description The limit or cursor is not one */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description No user is signed in */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
    };
  };
  ConnectionsController_get: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['PowensConnectionsConnectionResponse'];
        };
      };
      /** @description No user is signed in */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description No such connection, or another owner's */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
    };
  };
  LifecycleController_delete: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Deleted */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The request does not fit */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description No user is signed in */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description Sent from another site */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description No such connection, or another owner's */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description Powens refused or failed */
      502: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description Powens cannot be reached: try again after `Retry-After` */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
    };
  };
  LifecycleController_reconnect: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['PowensConnectionsReconnectRequest'];
      };
    };
    responses: {
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['PowensConnectionsStartedAttemptResponse'];
        };
      };
      /** @description The request does not fit */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description No user is signed in */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description Sent from another site */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description No such connection, or another owner's */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description No access token any more */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description Powens refused or failed */
      502: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description Powens cannot be reached: try again after `Retry-After` */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
    };
  };
  LifecycleController_sync: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['PowensConnectionsConnectionResponse'];
        };
      };
      /** @description The request does not fit */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description No user is signed in */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description Sent from another site */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description No such connection, or another owner's */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description `sync_refused`: it was just done; see `Retry-After` */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description Powens refused or failed */
      502: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description Powens cannot be reached: try again after `Retry-After` */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
    };
  };
  ConnectionsController_attempt: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['PowensConnectionsAttemptResponse'];
        };
      };
      /** @description No user is signed in */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description No such attempt, or another owner's */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
    };
  };
  ConnectionsController_complete: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['PowensConnectionsCompleteAttemptRequest'];
      };
    };
    responses: {
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['PowensConnectionsAttemptResponse'];
        };
      };
      /** @description The ticket or the binding is not one of this attempt, or the attempt has expired: always the same answer */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description No user is signed in */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description Sent from another site */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description No such attempt, or another owner's */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description Powens or the database cannot be reached: the same request may be sent again */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
    };
  };
  ConnectController_redirect: {
    parameters: {
      query?: {
        /** @description IBANs of the accounts to activate; others stay disabled. */
        accountIbans?: string[];
        /** @description Types of bank accounts to offer. */
        accountTypes?: string[];
        /** @description Private or professional accounts. */
        accountUsages?: ('priv' | 'orga')[];
        /** @description What the connectors must offer, all of it. Billing providers need "document"; "bank" when absent. */
        capabilities?: ('bank' | 'bankwealth' | 'document')[];
        /** @description Values to fill in, by connector and field. They show in the URL: never passwords or codes. */
        connectorFields?: {
          [key: string]: {
            [key: string]: string;
          };
        };
        /** @description Connectors to choose from, by uuid. A single one skips the picker. */
        connectorUuids?: string[];
        /** @description Country of the connectors, ISO 3166 alpha-2. */
        country?: string;
        /** @description Language of the webview; the browser's, or the configured one, when absent. */
        lang?: 'en' | 'fr' | 'de' | 'nl' | 'pt' | 'it' | 'es';
        /** @description Above 1, the webview offers to add another connection. */
        maxConnections?: number;
        /** @description Where the browser lands afterwards: a path of this application, or the name of a configured target. */
        returnTo?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description For a navigation from another site: a page with a link that continues */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'text/html': unknown;
        };
      };
      /** @description To the webview, with the binding cookie */
      303: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The request does not fit, or `returnTo` would leave the application */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description No user is signed in */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description Started from another site */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description Powens refused or failed */
      502: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description Powens cannot be reached: try again after `Retry-After` */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
    };
  };
  ConnectController_connect: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['PowensConnectionsStartConnectRequest'];
      };
    };
    responses: {
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['PowensConnectionsStartedAttemptResponse'];
        };
      };
      /** @description The request does not fit, or `returnTo` would leave the application */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description No user is signed in */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description Started from another site */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description Powens refused or failed */
      502: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description Powens cannot be reached: try again after `Retry-After` */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
    };
  };
  LinksController_create: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['PowensConnectionsCreateLinkRequest'];
      };
    };
    responses: {
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['PowensConnectionsLinkResponse'];
        };
      };
      /** @description The request does not fit, or `returnTo` would leave the application */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description No user is signed in */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description Sent from another site */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
    };
  };
  LinksController_revoke: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description No user is signed in */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description Sent from another site */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description No such link, or another owner's */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
    };
  };
  LinksController_page: {
    parameters: {
      query: {
        /** @description That of the address of the link. */
        token: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The page */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'text/html': unknown;
        };
      };
      /** @description A guard of the application refused a client that does not prefer HTML */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
    };
  };
  LinksController_open: {
    parameters: {
      query: {
        /** @description That of the address of the link. */
        token: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['PowensConnectionsStartedAttemptResponse'];
        };
      };
      /** @description To the webview, with the binding cookie */
      303: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The application does not know `returnTo` of the link any more */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description No user is signed in */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description Sent from another site */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description This user cannot use the link: it was used, has expired, was revoked, is of another owner or does not exist */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description Powens refused or failed */
      502: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description Powens cannot be reached: try again after `Retry-After` */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
    };
  };
  LifecycleController_manage: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['PowensConnectionsManageRequest'];
      };
    };
    responses: {
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['PowensConnectionsStartedAttemptResponse'];
        };
      };
      /** @description The request does not fit */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description No user is signed in */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description Sent from another site */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description No such connection, or another owner's */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description No connection yet */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description Powens refused or failed */
      502: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description Powens cannot be reached: try again after `Retry-After` */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
    };
  };
  LifecycleController_erase: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Erased */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The request does not fit */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description No user is signed in */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description Sent from another site */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description Powens refused or failed */
      502: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
      /** @description Powens cannot be reached: try again after `Retry-After` */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['PowensConnectionsProblemResponse'];
        };
      };
    };
  };
}

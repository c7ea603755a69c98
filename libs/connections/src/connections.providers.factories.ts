import { HttpService } from '@nestjs/axios';
import type { Provider } from '@nestjs/common';
import axios from 'axios';
import {
  DEFAULT_INSTANCE,
  EXTRAS_PROBLEMS,
  MODULE_OPTIONS,
  RESOLVED_OPTIONS,
  STATIC_EXTRAS,
} from './connections.constants.js';
import { KeyRingLoader } from './custody/crypto/key-ring-loader.js';
import { KeyRing } from './custody/crypto/key-ring.js';
import type { ConfigurationProblem } from './errors/index.js';
import type { ConnectionsModuleExtras } from './options/connections-module-extras.interface.js';
import type { ConnectionsModuleOptions } from './options/connections-module-options.interface.js';
import { resolveOptions } from './options/resolve/resolve-options.js';
import type { ResolvedOptions } from './options/resolve/resolved-options.js';
import { processContext } from './options/resolve/unsafe-process.js';
import { powensHttpOptions } from './powens/powens-http.options.js';

/** Resolves the provided options: the only reader of the host's options. */
export const resolvedOptions: Provider = {
  provide: RESOLVED_OPTIONS,
  inject: [MODULE_OPTIONS, STATIC_EXTRAS, EXTRAS_PROBLEMS],
  useFactory: (
    options: ConnectionsModuleOptions,
    extras: ConnectionsModuleExtras,
    problems: readonly ConfigurationProblem[],
  ): ResolvedOptions =>
    resolveOptions(options, {
      routes: extras.routes !== false,
      instance: extras.instance ?? DEFAULT_INSTANCE,
      problems,
      checkRing: (keys) => KeyRing.parse(keys),
      ...processContext(process),
    }),
};

export const keyRingLoader: Provider = {
  provide: KeyRingLoader,
  inject: [RESOLVED_OPTIONS],
  useFactory: (options: ResolvedOptions): KeyRingLoader => new KeyRingLoader(options),
};

/** Boot waits for the key ring, and fails without it: the process could neither open nor seal tokens (TC-11). */
export const keyRing: Provider = {
  provide: KeyRing,
  inject: [KeyRingLoader],
  useFactory: async (loader: KeyRingLoader): Promise<KeyRing> => loader.load(),
};

/** A separate axios instance: the host's interceptors and defaults would see the client secret and the tokens. */
export const http: Provider = {
  provide: HttpService,
  inject: [RESOLVED_OPTIONS],
  useFactory: (options: ResolvedOptions): HttpService =>
    new HttpService(axios.create(powensHttpOptions(options))),
};

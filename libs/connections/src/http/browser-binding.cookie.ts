import { Inject, Injectable } from '@nestjs/common';
import { parse, serialize } from 'cookie';
import { RESOLVED_OPTIONS } from '../connections.constants.js';
import type { ConnectionsRequest } from '../options/owner-resolver.interface.js';
import type { ResolvedOptions } from '../options/resolve/resolved-options.js';

/**
 * The cookie that ties attempts to the browser that started them.
 *
 * @see OA-02, OA-07
 * @internal
 */
@Injectable()
export class BrowserBindingCookie {
  readonly #secure: boolean;

  constructor(@Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions) {
    this.#secure = options.publicUrl.startsWith('https:');
  }

  /** `__Host-` keeps sibling hosts from planting one. Browsers accept it over https only, where it is always used. */
  get name(): string {
    return this.#secure ? '__Host-powens-binding' : 'powens-binding';
  }

  /** Reads the binding of a request; null when there is none. */
  read(request: ConnectionsRequest): string | null {
    return parse(request.headers.cookie ?? '')[this.name] ?? null;
  }

  /** Makes the header value that sets the binding for the lifetime of an attempt. */
  issue(binding: string): string {
    return serialize(this.name, binding, {
      httpOnly: true,
      secure: this.#secure,
      path: '/',
      // `strict` is not sent on the way back from the webview.
      sameSite: 'lax',
      maxAge: this.options.attemptLifetimeSeconds,
    });
  }
}

import type { PowensSandbox } from '../sandbox.handle.js';
import type { ProviderSettings } from '../scenarios/provider-settings.service.js';

/** What of the handle goes through the admin routes, so that both do the same. */
export type AdminHandle = Pick<
  PowensSandbox,
  | 'visit'
  | 'changeConnection'
  | 'changeTransaction'
  | 'advanceClock'
  | 'plantFault'
  | 'clearFaults'
  | 'configure'
  | 'reset'
>;

/** The admin routes of a running sandbox, as methods. */
export function adminHandle(url: string): AdminHandle {
  const post = async (path: string, body: object = {}): Promise<unknown> => call(url, 'POST', path, body);
  const send = async (path: string, body?: object): Promise<void> => {
    await post(path, body);
  };
  return {
    visit: async (how) => {
      const { location } = (await post('webview', how)) as { location: string | null };
      return location === null ? null : new URL(location);
    },
    changeConnection: async (id, change) => send(`connections/${id}`, change),
    changeTransaction: async (id, change) => send(`transactions/${id}`, change),
    advanceClock: async (advanceSeconds) => {
      const { now } = (await post('clock', { advanceSeconds })) as { now: string };
      return new Date(now);
    },
    plantFault: async (fault) => send('faults', fault),
    clearFaults: async (kind) => {
      await call(url, 'DELETE', kind === undefined ? 'faults' : `faults?kind=${kind}`);
    },
    configure: async (changes) => (await post('settings', changes)) as ProviderSettings,
    reset: async () => send('reset'),
  };
}

/** @throws Error with the description of the refusal */
async function call(url: string, method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${url}/sandbox/${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`${method} /sandbox/${path} of the sandbox answered ${response.status}: ${text}`);
  }
  return text === '' ? undefined : JSON.parse(text);
}

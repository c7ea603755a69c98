import { invalidValue } from '../../http/sandbox-api.error.js';

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/i;

/** A URL that webhooks, or their tokens, may be asked from: this machine, or `https`. The sandbox is a local tool. */
export function checkedTarget(name: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isAllowed = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname));
  if (!isAllowed) {
    throw invalidValue(name, 'it is an https URL, or an http URL of this machine');
  }
  return text;
}

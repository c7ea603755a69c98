import type { AxiosInstance } from 'axios';

// Read by other adapters, by browsers and for form data only.
const UNREAD = ['env', 'transitional', 'xsrfCookieName', 'xsrfHeaderName', 'maxBodyLength'];

/**
 * Takes defaults that nothing here reads out of an axios instance. axios checks and merges every one of them into every
 * request: about a seventh of the CPU of a call.
 *
 * @internal
 */
export function trimDefaults(instance: AxiosInstance): void {
  const { defaults } = instance;
  for (const name of UNREAD) {
    Reflect.deleteProperty(defaults, name);
  }
  // axios keeps a bucket of headers for every method, nearly all of them empty.
  for (const [method, headers] of Object.entries(defaults.headers)) {
    if (typeof headers === 'object' && headers !== null && Object.keys(headers).length === 0) {
      Reflect.deleteProperty(defaults.headers, method);
    }
  }
}

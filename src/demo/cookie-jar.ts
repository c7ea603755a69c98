import { parseSetCookie, stringifyCookie } from 'cookie';

/** The cookies of one browser towards one host: enough of a browser for a walk through the flow. */
export class CookieJar {
  private readonly cookies = new Map<string, string>();

  /** Stores the cookies of an answer. */
  keep(headers: Headers): void {
    for (const line of headers.getSetCookie()) {
      const { name, value, maxAge } = parseSetCookie(line);
      if (value === undefined || value === '' || maxAge === 0) {
        this.cookies.delete(name);
      } else {
        this.cookies.set(name, value);
      }
    }
  }

  /** @returns the `Cookie` header of the next request */
  get header(): string {
    return stringifyCookie(Object.fromEntries(this.cookies));
  }
}

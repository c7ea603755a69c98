const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])$/;

/**
 * Checks the address of a webview before a page goes there: https, or the plain http of a sandbox on this machine, for a page on this
 * machine.
 *
 * @param url - `url` of a started attempt
 * @param pageUrl - the address of the page, `location.href`
 * @returns the address; null when it must not be opened
 */
export function webviewUrlOf(url: string, pageUrl: string): string | null {
  if (!URL.canParse(url) || !URL.canParse(pageUrl)) {
    return null;
  }
  const { protocol, hostname, username, password, href } = new URL(url);
  const page = new URL(pageUrl);
  const isLocal = protocol === 'http:' && LOOPBACK.test(hostname) && LOOPBACK.test(page.hostname);
  return (protocol === 'https:' || isLocal) && username === '' && password === '' ? href : null;
}

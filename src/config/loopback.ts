const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i;

/** Whether a host name, as URLs write it, is this machine. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

/** Whether a URL is plain http, which is allowed towards this machine only. */
export function isPlainHttp(url: string | null | undefined): boolean {
  return url?.startsWith('http:') ?? false;
}

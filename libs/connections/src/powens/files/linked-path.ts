import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { ApiPath } from '../bank/api-path.js';
import { invalidAnswer } from '../transport/powens-failures.js';

type Powens = Pick<ResolvedOptions['powens'], 'apiUrl' | 'domain'>;

/** Where links in answers may lead: below the API root or, where that is a gateway, below the root by which Powens names itself. */
export function rootsOf({ apiUrl, domain }: Powens): { readonly root: string; readonly named: string } {
  return { root: apiUrl, named: `https://${domain}/2.0` };
}

/**
 * The path of a link in an answer: below the API root and nowhere else, since the token follows it.
 *
 * @throws PowensApiError `powens_response_invalid`
 */
export function linkedPath(powens: Powens, href: unknown, from: ApiPath): ApiPath {
  const { root, named } = rootsOf(powens);
  try {
    return ApiPath.ofLink(root, href, from, named);
  } catch {
    throw invalidAnswer(`GET ${from.operation}`, 200, 'a link that leads to another host');
  }
}

import { ApiPath } from '../bank/api-path.js';
import { invalidAnswer } from '../transport/powens-failures.js';

/**
 * The path of a link in an answer: below the API root and nowhere else, since the token follows it.
 *
 * @throws PowensApiError `powens_response_invalid`
 */
export function linkedPath(root: string, href: unknown, from: ApiPath): ApiPath {
  try {
    return ApiPath.ofLink(root, href, from);
  } catch {
    throw invalidAnswer(`GET ${from.operation}`, 200, 'a link that leads to another host');
  }
}

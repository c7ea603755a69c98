import { createConfig, lintFromString } from '@redocly/openapi-core';
import type { OpenAPIObject } from '@nestjs/swagger';

/**
 * Lints an OpenAPI document by the recommended rules of Redocly.
 *
 * @param without - rules that do not hold for this document
 * @returns errors and warnings, each with its rule and its place
 */
export async function lintDocument(
  document: OpenAPIObject,
  without: readonly string[] = [],
): Promise<string[]> {
  const config = await createConfig({
    extends: ['recommended'],
    rules: {
      // `attempts/{id}` beside `{id}/reconnect`: no request fits both, since one is a GET and the other a POST.
      'no-ambiguous-paths': 'off',
      ...Object.fromEntries(without.map((rule) => [rule, 'off' as const])),
    },
  });
  const problems = await lintFromString({ source: JSON.stringify(document), config });
  return problems.map(
    ({ ruleId, message, location: [place] }) =>
      `${ruleId} at ${place?.pointer ?? 'the document'}: ${message}`,
  );
}

import type { OpenAPIObject } from '@nestjs/swagger';

/** Bodies of `POST /connections/connect` that work in this host as they stand. The first one is the default. */
const EXAMPLES = {
  anyBank: { summary: 'Any bank', value: {} },
  oneBank: {
    summary: 'One bank, without the picker',
    value: { connectorUuids: ['338178e6-3d01-564f-9a7b-52ca442459bf'] },
  },
  billing: { summary: 'A billing provider', value: { capabilities: ['document'] } },
  several: {
    summary: 'Up to three banks, in French, and back to this page',
    value: { maxConnections: 3, lang: 'fr', returnTo: '/docs' },
  },
};

/**
 * Replaces the example that Swagger UI would make up from the schema, with every property in it: a person who presses
 * *Execute* as it stands should get to a bank.
 */
export function withConnectExamples(document: OpenAPIObject): OpenAPIObject {
  const body = document.paths['/connections/connect']?.post?.requestBody;
  const content = body !== undefined && 'content' in body ? body.content['application/json'] : undefined;
  if (content !== undefined) {
    content.examples = EXAMPLES;
  }
  return document;
}

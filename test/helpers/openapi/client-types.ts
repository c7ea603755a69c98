import type { OpenAPIObject } from '@nestjs/swagger';
import openapiTS, { astToString } from 'openapi-typescript';
import { format, resolveConfig } from 'prettier';

const HEAD = `/**
 * The routes of the library as types. Generated from their OpenAPI document by \`npm run generate:client\`: do not edit.
 *
 * @module
 */
`;

/** Routes that no page calls: the webview and Powens do. */
const NOT_OF_CLIENTS = /\/(callback|webhooks\/.*)$/;

/**
 * Generates the types of the client from an OpenAPI document.
 *
 * @param file - where they are kept, which decides how they are formatted
 */
export async function clientTypes(document: OpenAPIObject, file: string): Promise<string> {
  const paths = Object.fromEntries(
    Object.entries(document.paths).filter(([path]) => !NOT_OF_CLIENTS.test(path)),
  );
  const types = await openapiTS(JSON.stringify({ ...document, paths }), {
    alphabetize: true,
    excludeDeprecated: true,
    // A caller may leave out what has a default.
    defaultNonNullable: false,
  });
  return format(`${HEAD}${astToString(types)}`, { ...(await resolveConfig(file)), filepath: file });
}

import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { clientTypes } from '../helpers/openapi/client-types.js';
import { libraryDocument } from '../helpers/openapi/library-document.js';
import { lintDocument } from '../helpers/openapi/lint-document.js';

const TYPES = fileURLToPath(new URL('../../libs/connections/src/client/api.types.ts', import.meta.url));

describe("the OpenAPI document of the library's routes", () => {
  it('should pass the recommended rules of a linter without a warning', async () => {
    expect(await lintDocument(await libraryDocument())).toEqual([]);
  });

  it('should be linted for what is wrong with it', async () => {
    const { components: _, ...document } = await libraryDocument();
    expect((await lintDocument(document)).join('\n')).toMatch(/^no-unresolved-refs at /m);
  });

  it('should be what the types of the client are generated from', async () => {
    // `npm run generate:client` runs this test with -u, which writes the file.
    await expect(await clientTypes(await libraryDocument(), TYPES)).toMatchFileSnapshot(TYPES);
  });
});

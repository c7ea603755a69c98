import { createRequire } from 'node:module';
import type * as Swagger from '@nestjs/swagger';

type Decorators = Pick<
  typeof Swagger,
  | 'ApiAcceptedResponse'
  | 'ApiBody'
  | 'ApiCreatedResponse'
  | 'ApiExcludeController'
  | 'ApiExtraModels'
  | 'ApiHeader'
  | 'ApiNoContentResponse'
  | 'ApiOkResponse'
  | 'ApiOperation'
  | 'ApiParam'
  | 'ApiProperty'
  | 'ApiPropertyOptional'
  | 'ApiQuery'
  | 'ApiResponse'
  | 'ApiSchema'
  | 'ApiTags'
  | 'getSchemaPath'
>;

const PACKAGE = '@nestjs/swagger';

/** What an application without an OpenAPI document gets: decorators that do nothing. */
const WITHOUT_DOCUMENT = new Proxy({} as Decorators, {
  get: (_, name) => (name === 'getSchemaPath' ? () => '' : () => () => undefined),
});

/**
 * The decorators of the host's `@nestjs/swagger`, or decorators that do nothing when it is not installed. One that is
 * installed and does not load is an error: its document would lack our routes without a word.
 *
 * @internal
 */
export function swaggerDecorators(load: (name: string) => unknown): Decorators {
  try {
    return load(PACKAGE) as Decorators;
  } catch (error) {
    if (isAbsent(error)) {
      return WITHOUT_DOCUMENT;
    }
    throw error;
  }
}

function isAbsent(error: unknown): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'MODULE_NOT_FOUND' && message.includes(`'${PACKAGE}'`);
}

// An `import` could not be left out; `await import()` would forbid CommonJS hosts to `require` the library.
export const {
  ApiAcceptedResponse,
  ApiBody,
  ApiCreatedResponse,
  ApiExcludeController,
  ApiExtraModels,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiProperty,
  ApiPropertyOptional,
  ApiQuery,
  ApiResponse,
  ApiSchema,
  ApiTags,
  getSchemaPath,
} = swaggerDecorators(createRequire(import.meta.url));

import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '../openapi/swagger.js';
import type { ConnectionsErrorCode } from '../../errors/index.js';
import { ProblemResponseDto } from '../dto/problem.response.dto.js';
import { problemExamples } from '../problem/problem.examples.js';

/**
 * Describes the error answers of a route, with an example of each code.
 *
 * @param problems - what each status means, by status
 * @param codes - the codes of a status, where they are not the usual ones
 */
export function ApiProblems(
  problems: Readonly<Record<number, string>>,
  codes: Readonly<Record<number, readonly ConnectionsErrorCode[]>> = {},
): MethodDecorator {
  const schema = { $ref: getSchemaPath(ProblemResponseDto) };
  const responses = Object.entries(problems).map(([status, description]) =>
    ApiResponse({
      status: Number(status),
      description,
      content: {
        'application/problem+json': {
          schema,
          examples: problemExamples(Number(status), codes[Number(status)]),
        },
      },
    }),
  );
  return applyDecorators(ApiExtraModels(ProblemResponseDto), ...responses);
}

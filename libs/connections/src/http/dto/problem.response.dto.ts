import { ApiProperty, ApiPropertyOptional, ApiSchema } from '../openapi/swagger.js';
import { CONNECTIONS_ERROR_CODES } from '../../errors/index.js';

/** Body of every error answer, `application/problem+json`. */
@ApiSchema({ name: 'PowensConnectionsProblemResponse' })
export class ProblemResponseDto {
  @ApiProperty({ example: 'urn:nestjs-powens-connections:error:not_found' })
  type!: string;

  @ApiProperty({ example: 'Not found' })
  title!: string;

  @ApiProperty({ example: 404 })
  status!: number;

  @ApiProperty({ example: 'There is no such connection.' })
  detail!: string;

  @ApiProperty({ enum: CONNECTIONS_ERROR_CODES, example: 'not_found' })
  code!: string;

  @ApiPropertyOptional({
    description: 'Names this occurrence in the log of the application, where a fault is not yours.',
    example: 'urn:uuid:0b0f4d5e-6f0e-4c39-9f7c-2f6a4d1f0c55',
  })
  instance?: string;

  @ApiPropertyOptional({
    type: 'array',
    items: {
      type: 'object',
      required: ['property', 'problems'],
      properties: {
        property: { type: 'string' },
        problems: { type: 'array', items: { type: 'string' } },
      },
    },
    description: 'What does not fit, per property, for `invalid_request`.',
    example: [{ property: 'lang', problems: ['lang must be one of the following values: en, fr'] }],
  })
  errors?: { property: string; problems: string[] }[];
}

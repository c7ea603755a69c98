import { ApiProperty, ApiPropertyOptional, ApiSchema } from '../openapi/swagger.js';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsString,
  Matches,
  MaxLength,
  ValidateBy,
  ValidateIf,
} from 'class-validator';
import type { CustomConnectionStep } from '../../flow/custom/custom-step.js';
import { startedAttemptDto, StartedAttemptResponseDto } from './started-attempt.response.dto.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Texts by name. The flow checks names and lengths; no message repeats a value. */
function IsTexts(): PropertyDecorator {
  return ValidateBy({
    name: 'isTexts',
    validator: {
      validate: (value: unknown) =>
        typeof value === 'object' &&
        value !== null &&
        !Array.isArray(value) &&
        Object.values(value).every((one) => typeof one === 'string'),
      defaultMessage: () => 'fields must map names of fields to texts',
    },
  });
}

/** Body of `POST /custom/:id/resume`. */
@ApiSchema({ name: 'PowensConnectionsResumeCustomRequest' })
export class ResumeCustomRequestDto {
  @ApiPropertyOptional({ description: "Where the browser lands after the bank's site.", example: '/banks' })
  @ValidateIf((_, value) => value !== undefined)
  @IsString()
  @MaxLength(2048)
  returnTo?: string;
}

/** Body of `POST /custom/:id/answer`. */
@ApiSchema({ name: 'PowensConnectionsAnswerCustomRequest' })
export class AnswerCustomRequestDto extends ResumeCustomRequestDto {
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'What the end user typed, by the name of the field. Sent on at once, never kept.',
    example: { otp: '123456' },
  })
  @IsTexts()
  fields!: Record<string, string>;
}

/** Body of `POST /custom`. */
@ApiSchema({ name: 'PowensConnectionsCreateCustomRequest' })
export class CreateCustomRequestDto extends AnswerCustomRequestDto {
  @ApiProperty({ format: 'uuid', example: '338178e6-3d01-564f-9a7b-52ca442459bf' })
  @Matches(UUID, { message: 'connectorUuid must be a uuid' })
  connectorUuid!: string;
}

/** Body of `POST /custom/:id/consent`. */
@ApiSchema({ name: 'PowensConnectionsConsentCustomRequest' })
export class ConsentCustomRequestDto {
  @ApiProperty({ type: [String], description: 'Accounts by their ids at Powens.', example: ['5301'] })
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @Matches(/^[1-9][0-9]{0,18}$/, { each: true, message: 'each accountIds must be digits, as a string' })
  accountIds!: string[];
}

@ApiSchema({ name: 'PowensConnectionsFieldChoice' })
class FieldChoiceDto {
  @ApiProperty({ type: String, nullable: true })
  label!: string | null;

  @ApiProperty()
  value!: string;
}

@ApiSchema({ name: 'PowensConnectionsConnectorField' })
class ConnectorFieldDto {
  @ApiProperty({ example: 'otp' })
  name!: string;

  @ApiProperty({ type: String, nullable: true, example: 'Code reçu par SMS' })
  label!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'text' })
  type!: string | null;

  @ApiProperty()
  isRequired!: boolean;

  @ApiProperty({ type: String, nullable: true, example: '^[0-9]{6}$' })
  regex!: string | null;

  @ApiProperty({ type: [FieldChoiceDto] })
  values!: FieldChoiceDto[];
}

/** Answer of the routes below `/custom`. */
@ApiSchema({ name: 'PowensConnectionsCustomStepResponse' })
export class CustomStepResponseDto {
  @ApiProperty({ format: 'uuid', example: '01985c3e-7f3a-7c11-9a4e-0f6f3b1f2a77' })
  connectionId!: string;

  @ApiProperty({ enum: ['done', 'answer', 'confirm', 'redirect', 'wait', 'stop'] })
  next!: string;

  @ApiProperty({ type: String, nullable: true, example: 'additionalInformationNeeded' })
  state!: string | null;

  @ApiProperty({ type: [ConnectorFieldDto] })
  fields!: ConnectorFieldDto[];

  @ApiProperty({ type: StartedAttemptResponseDto, nullable: true })
  redirect!: StartedAttemptResponseDto | null;
}

/** The public part of a step; the binding of a bank redirect goes into the cookie. */
export function customStepDto({ redirect, fields, ...step }: CustomConnectionStep): CustomStepResponseDto {
  return {
    ...step,
    fields: fields.map((field) => ({ ...field, values: [...field.values] })),
    redirect: redirect === null ? null : startedAttemptDto(redirect),
  };
}

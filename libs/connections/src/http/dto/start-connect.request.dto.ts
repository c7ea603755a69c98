import { ApiPropertyOptional, ApiSchema } from '../openapi/swagger.js';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { IsConnectorFields } from './rules/is-connector-fields.js';
import { IsGivenOrAbsent } from './rules/is-given-or-absent.js';
import { IsShortList } from './rules/is-short-list.js';
import { CAPABILITIES, LANGUAGES } from './rules/webview-choices.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The options of the webview, as a body of `POST /connect` or as the query of `GET /connect`.
 *
 * @see https://docs.powens.com/api-reference/overview/webview
 */
@ApiSchema({ name: 'PowensConnectionsStartConnectRequest' })
export class StartConnectRequestDto {
  @ApiPropertyOptional({
    type: [String],
    description: 'Connectors to choose from, by uuid. A single one skips the picker.',
    example: ['338178e6-3d01-564f-9a7b-52ca442459bf'],
  })
  @IsShortList()
  @Matches(UUID, { each: true, message: 'each connectorUuids must be a uuid' })
  connectorUuids?: string[];

  @ApiPropertyOptional({
    type: [String],
    description: 'Connectors by their numeric id. Prefer the uuid, ids differ by domain.',
    deprecated: true,
  })
  @IsShortList()
  @Matches(/^[1-9][0-9]{0,18}$/, { each: true, message: 'each connectorIds must be digits, as a string' })
  connectorIds?: string[];

  @ApiPropertyOptional({
    enum: CAPABILITIES,
    isArray: true,
    description:
      'What the connectors must offer, all of it. Billing providers need "document"; "bank" when absent.',
    example: ['bank'],
  })
  @IsShortList()
  @IsIn(CAPABILITIES, { each: true })
  capabilities?: string[];

  @ApiPropertyOptional({
    type: [String],
    description: 'Types of bank accounts to offer.',
    example: ['checking', 'card'],
  })
  @IsShortList()
  @Matches(/^[a-z][a-z0-9_]{0,39}$/, {
    each: true,
    message: 'each accountTypes must be lower-case letters, digits or _',
  })
  accountTypes?: string[];

  @ApiPropertyOptional({
    enum: ['priv', 'orga'],
    isArray: true,
    description: 'Private or professional accounts.',
  })
  @IsShortList()
  @IsIn(['priv', 'orga'], { each: true })
  accountUsages?: string[];

  @ApiPropertyOptional({
    type: [String],
    description: 'IBANs of the accounts to activate; others stay disabled.',
  })
  @IsShortList()
  @Matches(/^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$/, {
    each: true,
    message: 'each accountIbans must be an IBAN without spaces',
  })
  accountIbans?: string[];

  @ApiPropertyOptional({ description: 'Country of the connectors, ISO 3166 alpha-2.', example: 'FR' })
  @IsGivenOrAbsent()
  @Matches(/^[A-Za-z]{2}$/, { message: 'country must be two letters' })
  country?: string;

  @ApiPropertyOptional({
    enum: LANGUAGES,
    description: "Language of the webview; the browser's, or the configured one, when absent.",
  })
  @IsGivenOrAbsent()
  @IsIn(LANGUAGES)
  lang?: string;

  @ApiPropertyOptional({
    minimum: 1,
    maximum: 20,
    description: 'Above 1, the webview offers to add another connection.',
    example: 1,
  })
  @IsGivenOrAbsent()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(20)
  maxConnections?: number;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'object', additionalProperties: { type: 'string' } },
    description: 'Values to fill in, by connector and field. They show in the URL: never passwords or codes.',
    example: { '338178e6-3d01-564f-9a7b-52ca442459bf': { website: 'par' } },
  })
  @IsGivenOrAbsent()
  @IsConnectorFields()
  connectorFields?: Record<string, Record<string, string>>;

  @ApiPropertyOptional({
    description:
      'Where the browser lands afterwards: a path of this application, or the name of a configured target.',
    example: '/banks',
  })
  @IsGivenOrAbsent()
  @IsString()
  @MaxLength(2048)
  returnTo?: string;
}

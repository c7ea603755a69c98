import { ApiPropertyOptional, ApiSchema } from '../openapi/swagger.js';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsBoolean,
  IsIn,
  IsString,
  IsUUID,
  Matches,
  MaxLength,
} from 'class-validator';
import { IsGivenOrAbsent } from './rules/is-given-or-absent.js';
import { CAPABILITIES, LANGUAGES } from './rules/webview-choices.js';

/** What the flows of an existing connection have in common. */
@ApiSchema({ name: 'PowensConnectionsRepairRequest' })
class RepairRequestDto {
  @ApiPropertyOptional({ enum: LANGUAGES, description: 'Language of the webview.' })
  @IsGivenOrAbsent()
  @IsIn(LANGUAGES)
  lang?: string;

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

/** Body of `POST /:id/reconnect`. */
@ApiSchema({ name: 'PowensConnectionsReconnectRequest' })
export class ReconnectRequestDto extends RepairRequestDto {
  @ApiPropertyOptional({
    default: false,
    description: 'Asks for all credentials anew, not only for what is missing.',
  })
  @IsGivenOrAbsent()
  @IsBoolean()
  resetCredentials?: boolean;

  @ApiPropertyOptional({
    type: [String],
    description: 'With `resetCredentials`: the sources to ask for.',
    example: ['openapi'],
  })
  @IsGivenOrAbsent()
  @ArrayMaxSize(10)
  @ArrayUnique()
  @Matches(/^[A-Za-z0-9_]{1,40}$/, { each: true, message: 'each connectionSources must be a name' })
  connectionSources?: string[];
}

/** Body of `POST /manage`. */
@ApiSchema({ name: 'PowensConnectionsManageRequest' })
export class ManageRequestDto extends RepairRequestDto {
  @ApiPropertyOptional({ format: 'uuid', description: 'Opens directly on this connection.' })
  @IsGivenOrAbsent()
  @IsUUID()
  connectionId?: string;

  @ApiPropertyOptional({
    enum: CAPABILITIES,
    isArray: true,
    description: 'What connections added there must offer.',
  })
  @IsGivenOrAbsent()
  @ArrayMaxSize(10)
  @ArrayUnique()
  @IsIn(CAPABILITIES, { each: true })
  capabilities?: string[];
}

import { ApiProperty } from '@nestjs/swagger';
import { IsString, Matches } from 'class-validator';
import { USER_NAME } from './session-cookie.service.js';

/** Who signs in. */
export class SignInDto {
  @ApiProperty({
    pattern: USER_NAME.source,
    example: 'alice',
    description: 'Any name: there is no password here.',
  })
  @IsString()
  @Matches(USER_NAME, { message: 'user must be 1 to 64 letters, digits, dots, underscores, hyphens or @' })
  user!: string;
}

/** Who is signed in. */
export class SessionDto {
  @ApiProperty({ example: 'alice' })
  user!: string;
}

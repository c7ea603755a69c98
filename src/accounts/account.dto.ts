import { ApiProperty } from '@nestjs/swagger';

/** A bank account, read live from Powens, reduced to the properties that this host shows. */
export class AccountDto {
  @ApiProperty({ example: '5301' })
  id!: string;

  @ApiProperty({
    example: '1187',
    description: 'The `powensConnectionId` of the connection that it comes from.',
  })
  powensConnectionId!: string;

  @ApiProperty({ example: 'Compte courant' })
  name!: string;

  @ApiProperty({ example: 'checking' })
  type!: string;

  @ApiProperty({ type: String, nullable: true, example: 'FR7630004028370001234567843' })
  iban!: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 1523.42 })
  balance!: number | null;

  @ApiProperty({ type: String, nullable: true, example: 'EUR' })
  currency!: string | null;
}

/** The answer of `GET /accounts`. */
export class AccountListDto {
  @ApiProperty({ type: [AccountDto] })
  items!: AccountDto[];
}

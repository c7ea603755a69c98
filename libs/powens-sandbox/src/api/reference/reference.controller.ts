import { Controller, Get, Param } from '@nestjs/common';
import { notFound } from '../../http/sandbox-api.error.js';
import { ACCOUNT_TYPES } from '../../wire/bank/account-type.wire.js';
import type { AccountTypeWire } from '../../wire/bank/account-type.wire.js';
import { COUNTRIES } from '../../wire/connector.wire.js';
import { CURRENCY_IDS, currencyToWire } from '../../wire/bank/currency.wire.js';
import { DOCUMENT_TYPES } from '../../wire/document.wire.js';

/** Lists that are the same for everyone, public. */
@Controller()
export class ReferenceController {
  @Get('account_types')
  accountTypes(): Record<string, unknown> {
    return { accounttypes: ACCOUNT_TYPES, total: ACCOUNT_TYPES.length };
  }

  @Get('account_types/:id')
  accountType(@Param('id') id: string): AccountTypeWire {
    const found = ACCOUNT_TYPES.find((type) => String(type.id) === id);
    if (found === undefined) {
      throw notFound();
    }
    return found;
  }

  @Get('currencies')
  currencies(): Record<string, unknown> {
    return { currencies: CURRENCY_IDS.map(currencyToWire), total: CURRENCY_IDS.length };
  }

  @Get('countries')
  countries(): Record<string, unknown> {
    const countries = Object.values(COUNTRIES);
    return { countries, total: countries.length };
  }

  @Get('documenttypes')
  documentTypes(): Record<string, unknown> {
    return { documenttypes: DOCUMENT_TYPES, total: DOCUMENT_TYPES.length };
  }
}

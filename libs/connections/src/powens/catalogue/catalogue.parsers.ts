import { flag, looseId, looseText, word, words } from '../bank/bank-values.js';
import type { WireConnector } from '../bank/bank.wire.js';
import { fields, id, UnexpectedShapeError } from '../wire-values.js';
import type { PowensAccountType, PowensCurrency, PowensConnector } from './catalogue.types.js';

/** Reads a type of accounts. */
export function parseAccountType(body: unknown): PowensAccountType {
  const wire = fields(body);
  return {
    id: id(wire['id'], 'id'),
    name: looseText(wire['name']),
    parentId: looseId(wire['id_parent']),
    displayName: looseText(wire['display_name']),
    displayNamePlural: looseText(wire['display_name_p']),
    isInvestment: flag(wire['is_invest'], false),
  };
}

/** Reads a currency, whose id is a code. */
export function parseCurrency(body: unknown): PowensCurrency {
  const wire = fields(body);
  const code = word(wire['id']);
  if (code === null) {
    throw new UnexpectedShapeError('id');
  }
  const { precision } = wire;
  return {
    id: code,
    name: looseText(wire['name']),
    symbol: looseText(wire['symbol']),
    precision: typeof precision === 'number' && Number.isInteger(precision) ? precision : null,
    isSymbolFirst: flag(wire['prefix'], false),
    isCrypto: flag(wire['crypto'], false),
  };
}

/** Reads a connector. */
export function parseConnector(body: unknown): PowensConnector {
  const wire: WireConnector = fields(body);
  return {
    id: id(wire.id, 'id'),
    uuid: looseText(wire.uuid),
    name: looseText(wire.name),
    slug: looseText(wire.slug),
    color: looseText(wire.color),
    capabilities: words(wire.capabilities),
    products: words(wire.products),
    authMechanism: word(wire.auth_mechanism),
    accountUsages: words(wire.account_usages),
    isBeta: flag(wire.beta, false),
    isHidden: flag(wire.hidden, false),
    isRestricted: flag(wire.restricted, false),
  };
}

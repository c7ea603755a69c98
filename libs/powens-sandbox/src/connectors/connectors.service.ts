import { Injectable } from '@nestjs/common';
import { notFound } from '../http/sandbox-api.error.js';
import { CONNECTORS } from './connector.catalogue.js';
import type { Connector } from './connector.js';

/** What narrows a list of connectors down. */
export interface ConnectorFilter {
  ids?: readonly number[];
  uuids?: readonly string[];
  capabilities?: readonly string[];
  country?: string | null;
  /** Words typed into the search box. */
  search?: string;
}

/** Finds connectors. */
@Injectable()
export class ConnectorsService {
  private readonly byId = new Map(CONNECTORS.map((one) => [one.id, one]));
  private readonly byUuid = new Map(CONNECTORS.map((one) => [one.uuid, one]));

  /** All of them. */
  all(): readonly Connector[] {
    return CONNECTORS;
  }

  /** The connector of that id: one that a stored row names, hence known. */
  get(id: number): Connector {
    const found = this.byId.get(id);
    if (found === undefined) {
      throw notFound();
    }
    return found;
  }

  /** The connector of that number or uuid. */
  named(name: string): Connector | undefined {
    return this.byUuid.get(name.toLowerCase()) ?? this.byId.get(Number(name));
  }

  /**
   * Those a webview offers. Ids and uuids combine; capabilities must all be there; a restricted connector is never
   * offered.
   *
   * @see protocol notes, section 3.2
   */
  offered(filter: ConnectorFilter): Connector[] {
    return CONNECTORS.filter(
      (one) =>
        !one.restricted && isNamed(one, filter) && fits(one, filter) && matchesSearch(one, filter.search),
    );
  }
}

function isNamed(one: Connector, { ids = [], uuids = [] }: ConnectorFilter): boolean {
  return ids.length + uuids.length === 0 || ids.includes(one.id) || uuids.includes(one.uuid);
}

function fits(one: Connector, { capabilities = [], country = null }: ConnectorFilter): boolean {
  const hasAll = capabilities.every((capability) => one.capabilities.includes(capability));
  return hasAll && (country === null || one.country === country.toUpperCase());
}

/** Accents and case do not count, as a person expects of a search box. */
function matchesSearch(one: Connector, search = ''): boolean {
  return search === '' || fold(one.name).includes(fold(search.trim()));
}

function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase();
}

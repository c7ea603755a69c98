import type { LinksOptions } from '../../browser/links-options.interface.js';
import { group } from '../../schema/group.js';
import { ownPage } from './own-page.js';

/** The pages of share links: paths of the own origin; null for those of the library. */
export type ResolvedLinks = Readonly<Record<keyof LinksOptions, string | null>>;

/** The option `links`. */
export const links = group({
  openPage: ownPage,
  signInPage: ownPage,
} satisfies Record<keyof LinksOptions, unknown>);

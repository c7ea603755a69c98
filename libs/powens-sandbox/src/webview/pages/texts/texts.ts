import { ENGLISH } from './texts.en.js';
import type { Texts } from './texts.en.js';
import { FRENCH } from './texts.fr.js';

/** The texts for a language of the URL: French for French, English for all others. */
export function textsFor(lang: string): Texts {
  return lang === 'fr' ? FRENCH : ENGLISH;
}

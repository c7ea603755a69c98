import { ConnectionsClientError } from '../../client/index.js';
import { entryOf, fill, type PowensConnectionsTexts } from './texts.js';
import type { ShownProblem, Words } from './words.js';

/** Says a failed call in words. Of an answer only title, detail and reference are shown, and only of a problem of the library. */
export function describeProblem(error: unknown, { texts }: Words): ShownProblem {
  if (!(error instanceof ConnectionsClientError)) {
    return { title: texts.unexpectedTitle, detail: texts.unexpected };
  }
  const { code, problem } = error;
  if (code === 'unreachable') {
    return { title: texts.unreachableTitle, detail: texts.unreachable };
  }
  const replaced = entryOf(texts.problems, code);
  // In one language: the title of the answer goes with its detail.
  const title = replaced === undefined ? problem?.title : undefined;
  const detail = replaced ?? problem?.detail ?? texts.unexpected;
  return { title: title ?? texts.unexpectedTitle, detail: [detail, ...moreOf(error, texts)].join(' ') };
}

/** When to try again, and what to give to support. */
function moreOf(
  { retryAfterSeconds, problem }: ConnectionsClientError,
  texts: PowensConnectionsTexts,
): string[] {
  const reference = problem?.instance;
  return [
    ...(retryAfterSeconds === null ? [] : [fill(texts.retryAfter, { seconds: String(retryAfterSeconds) })]),
    ...(reference === undefined ? [] : [fill(texts.reference, { reference })]),
  ];
}

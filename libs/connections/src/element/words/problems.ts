import { ConnectionsClientError } from '../../client/index.js';
import { entryOf, fill } from './texts.js';
import type { ShownProblem, Words } from './words.js';

/** Says a failed call in words. Of an answer only title, detail and reference are shown, and only of a problem of the library. */
export function describeProblem(error: unknown, { texts }: Words): ShownProblem {
  if (!(error instanceof ConnectionsClientError)) {
    return { title: texts.unexpectedTitle, detail: texts.unexpected };
  }
  const { code, problem, retryAfterSeconds } = error;
  if (code === 'unreachable') {
    return { title: texts.unreachableTitle, detail: texts.unreachable };
  }
  const replaced = entryOf(texts.problems, code);
  const detail = replaced ?? problem?.detail ?? texts.unexpected;
  const more = [
    retryAfterSeconds === null ? '' : fill(texts.retryAfter, { seconds: String(retryAfterSeconds) }),
    problem?.instance === undefined ? '' : fill(texts.reference, { reference: problem.instance }),
  ];
  return {
    // In one language: the title of the answer goes with its detail.
    title: (replaced === undefined ? problem?.title : undefined) ?? texts.unexpectedTitle,
    detail: [detail, ...more].filter((part) => part !== '').join(' '),
  };
}

import { describe, expect, it } from 'vitest';
import { ConnectionsClientError, type ClientConnection } from '../client/index.js';
import { definePowensConnections, ENGLISH, FRENCH } from './index.js';
import { describeProblem } from './words/problems.js';
import { Words } from './words/words.js';

const CONNECTION = {
  connectorName: 'Banque Horizon',
  state: 'SCARequired',
  requiredAction: 'reconnect',
  lastSyncedAt: '2026-03-14T09:28:40.002Z',
  expiresAt: null,
} as ClientConnection;

describe('the element without a browser', () => {
  it('should be importable on a server, which renders its tag', () => {
    expect(() => definePowensConnections()).not.toThrow();
  });
});

describe(Words, () => {
  it('should have every text in both languages, with the same values to put in', () => {
    const valuesOf = (texts: object): string[] =>
      Object.entries(texts).flatMap(([key, text]: [string, unknown]) =>
        typeof text === 'object' && text !== null
          ? valuesOf(text).map((value) => `${key}.${value}`)
          : [`${key} ${(String(text).match(/\{\w+\}/g) ?? []).join()}`],
      );
    const { problems: _english, ...english } = ENGLISH;
    const { problems: _french, ...french } = FRENCH;

    expect(valuesOf(french)).toEqual(valuesOf(english));
  });

  it.each(['fr', 'fr-CA', 'FR'])('should speak French for %s', (language) => {
    expect(new Words(language, {}).actionOf(CONNECTION)).toBe(FRENCH.actions.reconnect);
  });

  it.each(['en', 'sv', '', 'not a language', '../x'])('should speak English for %j', (language) => {
    const words = new Words(language, {});
    expect(words.actionOf(CONNECTION)).toBe(ENGLISH.actions.reconnect);
    expect(words.datesOf(CONNECTION)[0]).toMatch(/2026/);
  });

  it.each([
    ['wait', 'a state of tomorrow', ENGLISH.reasonsOfActions.wait],
    ['wait', 'toString', ENGLISH.reasonsOfActions.wait],
    ['an action of tomorrow', 'wrongpass', ENGLISH.reasons['wrongpass']],
    [null, 'wrongpass', ''],
  ])('should explain %s, %s', (requiredAction, state, reason) => {
    const connection = { ...CONNECTION, requiredAction, state } as ClientConnection;
    expect(new Words('en', {}).reasonOf(connection)).toBe(reason);
  });

  it.each([null, ''])('should have a name for a connection whose name is %j', (connectorName) => {
    expect(new Words('en', {}).with('removeTitle', { ...CONNECTION, connectorName })).toBe(
      'Remove Connection without a name?',
    );
  });
});

describe(describeProblem, () => {
  const problem = { code: 'busy', title: 'Busy', detail: 'Wait.', status: 409, type: 'x' } as const;
  const error = new ConnectionsClientError('busy', 'Wait.', { problem });

  it('should show title and detail of the answer', () => {
    expect(describeProblem(error, new Words('en', {}))).toEqual({ title: 'Busy', detail: 'Wait.' });
  });

  it('should not mix two languages', () => {
    expect(describeProblem(error, new Words('fr', {}))).toEqual({
      title: FRENCH.unexpectedTitle,
      detail: FRENCH.problems['busy'],
    });
  });

  it('should show nothing of an error that is not of the client', () => {
    const shown = describeProblem(new Error('token=abc'), new Words('en', {}));
    expect(JSON.stringify(shown)).not.toContain('token');
  });
});

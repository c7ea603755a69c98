import { describe, expect, it } from 'vitest';
import { ConnectionsError } from '../../errors/index.js';
import { accountBody, transactionBody, type AccountUpdate, type TransactionUpdate } from './updates.js';

describe(accountBody.name, () => {
  it('should send only what changes, in the words of Powens', () => {
    expect(accountBody({ isEnabled: false, isBookmarked: true })).toEqual({
      disabled: true,
      bookmarked: true,
    });
    expect(accountBody({ name: 'Ménage', usage: 'ORGA', isDisplayed: false })).toEqual({
      ...{ name: 'Ménage', usage: 'ORGA', display: false },
    });
  });

  it.each([{}, { name: '' }, { name: 'x'.repeat(256) }, { usage: 'priv' }, { isEnabled: 1 }, { unknown: 1 }])(
    'should refuse %j',
    (update) => {
      expect(() => accountBody(update as AccountUpdate)).toThrow(ConnectionsError);
    },
  );
});

describe(transactionBody.name, () => {
  it('should send only what changes, in the words of Powens', () => {
    expect(
      transactionBody({
        comment: null,
        categories: [{ code: 'gifts' }, { code: 'bread', parentCode: 'food' }],
      }),
    ).toEqual({
      comment: null,
      categories: [
        { code: 'gifts', parent_code: null },
        { code: 'bread', parent_code: 'food' },
      ],
    });
    expect(transactionBody({ wording: 'Pain', appliedOn: '2026-03-01', isActive: false })).toEqual({
      ...{ wording: 'Pain', application_date: '2026-03-01', active: false },
    });
  });

  it.each([
    {},
    { comment: 'x'.repeat(256) },
    { comment: 5 },
    { wording: '' },
    { categories: 'food' },
    { categories: ['food'] },
    { categories: [{ code: '' }] },
    { categories: [{ code: 'a', parentCode: 5 }] },
    { categories: Array.from({ length: 21 }, () => ({ code: 'a' })) },
    { appliedOn: '2026-03' },
    { isActive: 'yes' },
  ])('should refuse %j', (update) => {
    expect(() => transactionBody(update as TransactionUpdate)).toThrow(ConnectionsError);
  });
});

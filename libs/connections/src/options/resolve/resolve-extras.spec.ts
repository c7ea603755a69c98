import { describe, expect, it } from 'vitest';
import { checkedExtras } from './resolve-extras.js';

describe('checkedExtras', () => {
  it('should take what the first versions of Nest 11 give along for no unknown option', () => {
    const making = {
      imports: [],
      inject: [],
      useFactory: () => ({}),
      useClass: Object,
      useExisting: Object,
      provideInjectionTokensFrom: [],
    };
    expect(checkedExtras({ isGlobal: true, ...making }, {})).toEqual({
      extras: { isGlobal: true },
      problems: [],
    });
  });

  it('should report an unknown option beside the factory', () => {
    const { problems } = checkedExtras({ useFactory: () => ({}), isglobal: true }, {});
    expect(problems.map(({ option }) => option)).toEqual(['isglobal']);
  });
});

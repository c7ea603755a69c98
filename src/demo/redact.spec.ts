import { describe, expect, it } from 'vitest';
import { redactUrl } from './redact.js';

describe(redactUrl.name, () => {
  it('should hide every value that is not known to be harmless', () => {
    const url = new URL('http://localhost/callback?code=canary1&state=canary2&connection_id=7&new=canary3');

    expect(redactUrl(url)).toBe('/callback?code=…&state=…&connection_id=7&new=…');
  });

  it('should leave a path alone', () => {
    expect(redactUrl(new URL('http://localhost/events'))).toBe('/events');
  });
});

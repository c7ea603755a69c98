import { describe, expect, it } from 'vitest';
import { webviewUrlOf } from './webview-url.js';

const PAGE = 'https://app.example.com/banks';
const LOCAL_PAGE = 'http://localhost:3000/';

describe(webviewUrlOf, () => {
  it.each([
    ['https://webview.powens.com/en/connect?state=x', PAGE],
    ['https://webview.powens.com/en/connect', LOCAL_PAGE],
    ['http://127.0.0.1:4000/en/connect', LOCAL_PAGE],
  ])('should let the page open %s from %s', (url, page) => {
    expect(webviewUrlOf(url, page)).toBe(url);
  });

  it.each([
    ['javascript:alert(1)', LOCAL_PAGE],
    ['data:text/html,x', LOCAL_PAGE],
    ['http://webview.powens.com/', LOCAL_PAGE],
    ['http://127.0.0.1:4000/', PAGE],
    ['http://127.0.0.1.evil.example/', LOCAL_PAGE],
    ['https://webview.powens.com@evil.example/', PAGE],
    ['//evil.example/', PAGE],
    ['', PAGE],
  ])('should not let the page open %s from %s', (url, page) => {
    expect(webviewUrlOf(url, page)).toBeNull();
  });
});

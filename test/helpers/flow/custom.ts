import { randomBytes } from 'node:crypto';
import { registerSecret } from '../canary/collector.js';

/** Connectors of the sandbox, by what they ask for. */
export const CONNECTORS = {
  plain: '338178e6-3d01-564f-9a7b-52ca442459bf',
  webauth: 'b1f3c0a2-6d4e-5b7a-8c91-0e2d4f6a8b10',
  oneTimeCode: 'c2a4d1b3-7e5f-5c8b-9da2-1f3e5a7b9c21',
  decoupled: 'd3b5e2c4-8f60-5d9c-aeb3-204f6b8cad32',
} as const;

export const LOGIN = { login: 'test_login', password: '1234' };

/** A credential that must be found nowhere after the run. */
export function madeUpCredential(): string {
  const value = randomBytes(12).toString('hex');
  registerSecret('credential', value);
  return value;
}

/** Goes through the page of the bank as a person would; gives the path and query that the browser is sent back to. */
export async function agreeAtBank(url: string): Promise<string> {
  const page = await (await fetch(url)).text();
  const [, target = '', inside = ''] = /<form[^>]*action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/.exec(page) ?? [];
  const action = new URL(target.replaceAll('&amp;', '&'), url);
  const answer = await fetch(action, { method: 'POST', body: fieldsOf(inside), redirect: 'manual' });
  const { pathname, search } = new URL(answer.headers.get('location') ?? '', url);
  return `${pathname}${search}`;
}

/** The inputs of a form, and its first button: the second one refuses. */
function fieldsOf(form: string): URLSearchParams {
  const fields = new URLSearchParams();
  const tags = [...(form.match(/<input[^>]*>/g) ?? []), ...(form.match(/<button[^>]*>/g) ?? []).slice(0, 1)];
  for (const tag of tags) {
    const [, name] = / name="([^"]*)"/.exec(tag) ?? [];
    const [, value = ''] = / value="([^"]*)"/.exec(tag) ?? [];
    if (name !== undefined) fields.set(name, value);
  }
  return fields;
}

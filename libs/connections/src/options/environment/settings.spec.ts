import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { optionOf } from './read-environment.js';
import { ENVIRONMENT, type EnvironmentSetting } from './settings.js';

const root = new URL('../../../../../', import.meta.url);
const OPTIONS = fileURLToPath(new URL('docs/options.md', root));
const EXAMPLE = fileURLToPath(new URL('.env.example', root));

function defaultOf(setting: EnvironmentSetting): string {
  const { fallback = null } = optionOf(setting);
  return setting.required === true
    ? 'required'
    : fallback === null
      ? ''
      : `\`${JSON.stringify(fallback).replaceAll('"', '')}\``;
}

function table(): string {
  const rows = ENVIRONMENT.map(
    (setting) =>
      `| \`${setting.variable}\` | \`${setting.option}\` | ${defaultOf(setting)} | ${setting.meaning} |`,
  );
  return ['| variable | option | default | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** Required ones first, to be filled in; the others as comments, with their defaults. */
function example(): string {
  const lines = ENVIRONMENT.map((setting) => {
    const { variable, meaning, required } = setting;
    const value = setting.example ?? (required === true ? '' : defaultOf(setting).replaceAll('`', ''));
    return `# ${meaning.replaceAll('`', '')}\n${required === true ? '' : '# '}${variable}=${value}\n`;
  });
  return lines.join('\n');
}

describe('the settings of the environment', () => {
  it('should each set an option that exists, and no two the same [H30]', () => {
    for (const setting of ENVIRONMENT) {
      expect(() => optionOf(setting)).not.toThrow();
    }
    for (const key of ['variable', 'option'] as const) {
      expect(new Set(ENVIRONMENT.map((setting) => setting[key])).size).toBe(ENVIRONMENT.length);
    }
  });

  it('should be the table of docs/options.md [H30]', async () => {
    const [before, rest = ''] = readFileSync(OPTIONS, 'utf8').split(/(?<=<!-- environment: .* -->\n)/);
    const after = rest.slice(rest.indexOf('<!-- end -->'));
    const config = await resolveConfig(OPTIONS);
    const text = await format(`${before ?? ''}\n${table()}\n\n${after}`, { ...config, filepath: OPTIONS });
    await expect(text).toMatchFileSnapshot(OPTIONS);
  });

  it('should be .env.example [H30]', async () => {
    await expect(example()).toMatchFileSnapshot(EXAMPLE);
  });
});

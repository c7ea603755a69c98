import { readFileSync } from 'node:fs';
import { CONNECTIONS_ERROR_CODES } from 'nestjs-powens-connections';
import { describe, expect, it } from 'vitest';

/** The names that Prometheus gives to a metric: dots become underscores, then unit and type follow. */
function prometheusNames(name: string, type: string, unit: string): string[] {
  const base = name.replaceAll('.', '_') + (unit === 's' ? '_seconds' : '');
  switch (type) {
    case 'counter':
      return [`${base}_total`];
    case 'histogram':
      return ['_bucket', '_count', '_sum'].map((suffix) => base + suffix);
    default:
      return [base];
  }
}

/** Documented metrics, which the specs of the library compare with its code. */
const DOCUMENTED = readFileSync('docs/operations.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `powens.'))
  .map((line) => line.split('|').map((cell) => cell.replaceAll('`', '').trim()))
  .map(([, name = '', type = '', , unit = '']) => prometheusNames(name, type, unit));

function usedIn(file: string): string[] {
  const text = readFileSync(file, 'utf8').replaceAll('powens_instance', '');
  const codes: readonly string[] = CONNECTIONS_ERROR_CODES;
  return [...new Set(text.match(/\bpowens_[a-z_]+/g) ?? [])].filter((name) => !codes.includes(name));
}

describe('the files for operators', () => {
  it.each(['ops/prometheus/alerts.yml', 'ops/grafana/powens-connections.json'])(
    'should name only metrics that exist in %s',
    (file) => {
      const used = usedIn(file).filter((name) => !/_duration_seconds$/.test(name));
      expect(used.length).toBeGreaterThan(10);
      expect(DOCUMENTED.flat()).toEqual(expect.arrayContaining(used));
    },
  );

  it('should show every metric on the dashboard', () => {
    const used = usedIn('ops/grafana/powens-connections.json');
    expect(DOCUMENTED.filter((names) => !names.some((name) => used.includes(name)))).toEqual([]);
  });
});

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CompilerState,
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
  type ExtractorMessage,
} from '@microsoft/api-extractor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtLibrary } from '../../helpers/host/build.js';

const REPORTS = fileURLToPath(new URL('../../../libs/connections/api/', import.meta.url));
const MANIFEST = new URL('../../../libs/connections/package.json', import.meta.url);

/** The entries of the package: the name of each report, and the types it is made of. */
function entriesOf(): [name: string, types: string][] {
  const { exports } = JSON.parse(readFileSync(MANIFEST, 'utf8')) as {
    exports: Record<string, string | { types: string }>;
  };
  const entries: [string, string][] = [];
  for (const [subpath, target] of Object.entries(exports)) {
    if (typeof target !== 'string') {
      entries.push([subpath === '.' ? 'index' : subpath.slice(2), target.types]);
    }
  }
  return entries;
}

/**
 * What the package promises, in files that a review shows. A difference is a decision: `npm run api` writes it down.
 */
describe('the report of the public types', () => {
  const folder = mkdtempSync(join(tmpdir(), 'api-'));
  const reports = new Map<string, string>();

  beforeAll(async () => {
    const library = await builtLibrary();
    const configs = entriesOf().map(([name, types]) => configOf({ library, name, types, folder }));
    const [first, ...others] = configs;
    const compilerState = CompilerState.create(first!, {
      additionalEntryPoints: others.map(({ mainEntryPointFilePath }) => mainEntryPointFilePath),
    });
    for (const config of configs) {
      const { errorCount } = Extractor.invoke(config, { localBuild: true, compilerState, messageCallback });
      expect(errorCount).toBe(0);
      reports.set(config.reportFilePath, readFileSync(config.reportFilePath, 'utf8'));
    }
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(entriesOf())('should be the one that is checked in, for the subpath %s', async (name) => {
    const report = reports.get(join(folder, `${name}.api.md`)) ?? '';
    expect(report).toMatch(/^export /m);
    await expect(report).toMatchFileSnapshot(join(REPORTS, `${name}.api.md`));
  });
});

/** That it writes a file is no news. */
function messageCallback(message: ExtractorMessage): void {
  message.handled = message.logLevel !== ExtractorLogLevel.Error;
}

function configOf(entry: {
  readonly library: string;
  readonly name: string;
  readonly types: string;
  readonly folder: string;
}): ExtractorConfig {
  const silent = { default: { logLevel: ExtractorLogLevel.None } };
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(entry.library, 'package.json'),
    configObject: {
      projectFolder: entry.library,
      mainEntryPointFilePath: join(entry.library, entry.types),
      newlineKind: 'lf',
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: 'ES2023',
            lib: ['ES2023', 'DOM'],
            module: 'nodenext',
            moduleResolution: 'nodenext',
            types: ['node'],
            strict: true,
            skipLibCheck: true,
          },
          include: ['dist'],
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: `${entry.name}.api.md`,
        reportFolder: entry.folder,
        reportTempFolder: join(entry.folder, 'temp'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        // The report alone: doc comments have rules of their own here.
        extractorMessageReporting: silent,
        tsdocMessageReporting: silent,
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
      },
    },
  });
}

import {
  ConfigurationError,
  ConnectionsModule,
  type ConnectionsModuleOptions,
} from 'nestjs-powens-connections';
import { describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp, type FlowAppOptions } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';

/** Options whose types a host without a compiler would get wrong. */
const loose = (options: unknown): Partial<ConnectionsModuleOptions> =>
  options as Partial<ConnectionsModuleOptions>;

describe('options that cannot be used', () => {
  let app: FlowApp;

  useFlowApp({}, (opened) => {
    app = opened;
  });

  async function refusal(wish: Partial<FlowAppOptions>): Promise<unknown> {
    return startFlowApp({ ...wish, like: app }).then(
      async (started) => started.stop(),
      (error: unknown) => error,
    );
  }

  const powens = (): object => ({
    powens: { ...app.sandbox.client, clientSecret: undefined, cleintId: '1' },
  });

  it('should report all problems of the options, the keys and the registration at once [H23]', async () => {
    const error = await refusal({
      options: loose({ ...powens(), keys: 'k1:short', lang: 'xx' }),
      extras: { routes: { pth: 'banks', guards: 'none' }, swager: {}, customConnections: 'no' } as never,
    });
    expect(error).toBeInstanceOf(ConfigurationError);
    const { problems, message } = error as ConfigurationError;
    expect(problems.map(({ option }) => option).sort()).toEqual(
      [
        ...['keys', 'lang', 'powens.cleintId', 'powens.clientSecret'],
        ...['customConnections', 'routes.guards', 'routes.pth', 'swager'],
      ].sort(),
    );
    expect(message).toContain('option "powens.cleintId" is unknown. Did you mean "powens.clientId"?');
    expect(message).toContain('option "routes.pth" is unknown. Did you mean "routes.path"?');
    expect(message).toContain('option "swager" is unknown. Did you mean "swagger"?');
    expect(problems).toContainEqual({
      option: 'keys',
      problem: expect.stringContaining('entry 1') as string,
    });
  });

  it('should say on which side of a factory an option belongs [H23]', async () => {
    const error = await refusal({
      register: (options) => [
        ConnectionsModule.forRootAsync({
          useFactory: () => ({ ...options, routes: { path: 'banks' } }),
          ...({ publicUrl: 'https://app.example.test', isGlobl: true } as object),
        }),
      ],
    });
    expect((error as ConfigurationError).problems).toEqual([
      { option: 'routes', problem: expect.stringContaining('beside useFactory') as string },
      { option: 'publicUrl', problem: expect.stringContaining('in what useFactory') as string },
      { option: 'isGlobl', problem: 'is unknown. Did you mean "isGlobal"?' },
    ]);
  });

  it.each([
    ['a factory that returns nothing', { useFactory: () => undefined as never }],
    ['no factory', {}],
  ])('should say that the options are missing after %s [H23]', async (_, given) => {
    const error = await refusal({ register: () => [ConnectionsModule.forRootAsync(given)] });
    expect(error).toMatchObject({ option: 'options', code: 'configuration_invalid' });
  });
});

/** The client application every sandbox starts with. */
export const DEFAULT_CLIENT = {
  domain: 'demo-sandbox',
  clientId: '20000001',
  clientSecret: 'sandbox-client-secret-not-for-production',
  name: 'Demo application',
} as const;

/** Stands for the "config token" of the console: reads client applications with their secret. */
export const CONFIG_TOKEN = 'sandbox-config-token-not-for-production';

/** Stands for the "users token" of the console: lists users. */
export const USERS_TOKEN = 'sandbox-users-token-not-for-production';

/** What a person types on the webview pages; shown there as a hint. */
export const TEST_CREDENTIALS = { login: 'test_login', password: '1234', otp: '123456' } as const;

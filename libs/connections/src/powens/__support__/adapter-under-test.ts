import axios, { type AxiosInstance, isAxiosError } from 'axios';
import { expect, onTestFinished } from 'vitest';
import { TransportError } from '../undici/transport.error.js';
import {
  createUndiciAdapter,
  type UndiciAdapter,
  type UndiciAdapterOptions,
} from '../undici/undici.adapter.js';
import { rejection } from './powens-under-test.js';

/** The adapter, closed when the test ends. A test that wants a deadline to pass says which: the others never do. */
export function adapterFor(origin: string, options: Partial<UndiciAdapterOptions> = {}): UndiciAdapter {
  const adapter = createUndiciAdapter({
    origin,
    connectTimeoutMs: 900_000,
    totalTimeoutMs: 900_000,
    maxSockets: 50,
    dispatcher: null,
    ...options,
  });
  onTestFinished(() => adapter.destroy());
  return adapter;
}

/** A plain axios instance on the adapter. */
export function instanceFor(origin: string, options: Partial<UndiciAdapterOptions> = {}): AxiosInstance {
  return axios.create({ adapter: adapterFor(origin, options) });
}

/** Waits for a call to fail the way the adapter promises. */
export async function failureOf(call: Promise<unknown>): Promise<TransportError> {
  const reason = await rejection(call);
  expect(reason).toBeInstanceOf(TransportError);
  expect(isAxiosError(reason)).toBe(true);
  return reason as TransportError;
}

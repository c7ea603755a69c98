import axios from 'axios';
import { describe, expect, it } from 'vitest';
import { trimDefaults } from './lean.defaults.js';

describe(trimDefaults.name, () => {
  it('should leave only defaults that are read', () => {
    const instance = axios.create({ timeout: 5, headers: { post: { 'x-mine': '1' } } });
    trimDefaults(instance);
    expect(instance.defaults).not.toHaveProperty('env');
    expect(instance.defaults).not.toHaveProperty('transitional');
    expect(instance.defaults.timeout).toBe(5);
    expect(Object.keys(instance.defaults.headers)).toEqual(['common', 'post']);
  });

  it('should leave the defaults of axios itself alone', () => {
    trimDefaults(axios.create());
    expect(axios.defaults).toHaveProperty('transitional');
    expect(axios.defaults.headers.get).toEqual({});
  });
});

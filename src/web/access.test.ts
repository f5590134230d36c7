import { describe, expect, it } from 'vitest';
import {
  type AccessRules,
  type Credentials,
  isSameToken,
  judgeChange,
  judgeSource,
  judgeView,
  newToken,
} from './access.ts';

const rules: AccessRules = {
  hosts: new Set(['127.0.0.1:7780', 'localhost:7780']),
  scheme: 'http',
  viewToken: 'look',
  changeToken: 'change',
};
const honest: Credentials = {
  host: '127.0.0.1:7780',
  origin: 'http://127.0.0.1:7780',
  fetchSite: 'same-origin',
  viewToken: 'look',
  changeToken: 'change',
};

describe('where a request comes from', () => {
  it.each<[string, Partial<Credentials>, number | null]>([
    ['our own page', {}, null],
    ['a program without Origin', { origin: null, fetchSite: null }, null],
    ['a typed address', { origin: null, fetchSite: 'none' }, null],
    ['a name in capitals', { host: 'LOCALHOST:7780', origin: 'http://localhost:7780' }, null],
    ['a name that was bound to loopback later', { host: 'evil.example:7780' }, 421],
    ['no name', { host: null }, 421],
    ['another port', { host: '127.0.0.1:80' }, 421],
    ['a page of another site', { origin: 'http://evil.example' }, 403],
    ['a page without an origin of its own', { origin: 'null' }, 403],
    ['our name in another scheme', { origin: 'https://127.0.0.1:7780' }, 403],
    ['another of our names', { origin: 'http://localhost:7780' }, 403],
    ['an image of another site', { origin: null, fetchSite: 'cross-site' }, 403],
  ])('%s', (_, changes, status) => {
    expect(judgeSource({ ...honest, ...changes }, rules)?.status ?? null).toBe(status);
  });
});

describe('tokens', () => {
  it('open reading, and nothing else does', () => {
    expect(judgeView(honest, rules)).toBeNull();
    expect(judgeView({ ...honest, viewToken: 'loo' }, rules)).toMatchObject({ status: 401, isGuess: true });
    expect(judgeView({ ...honest, viewToken: null }, rules)).toMatchObject({ status: 401, isGuess: false });
    expect(judgeView({ ...honest, viewToken: 'change' }, rules)).toMatchObject({ status: 401 });
  });

  it('to look do not open changes', () => {
    expect(judgeChange(honest, rules)).toBeNull();
    expect(judgeChange({ ...honest, changeToken: 'look' }, rules)).toMatchObject({
      status: 403,
      isGuess: true,
    });
    expect(judgeChange({ ...honest, changeToken: null }, rules)).toMatchObject({
      status: 403,
      isGuess: false,
    });
  });

  it('open no changes where none are allowed, not even an empty one', () => {
    const readOnly = { ...rules, changeToken: null };
    for (const changeToken of [null, '', 'null', 'change'])
      expect(judgeChange({ ...honest, changeToken }, readOnly)).toMatchObject({ status: 403 });
  });

  it('are long, new each time, and compared whole', () => {
    const [one, two] = [newToken(), newToken()];
    expect(one).toMatch(/^[\w-]{43}$/);
    expect(one).not.toBe(two);
    expect(isSameToken(one, one)).toBe(true);
    expect(isSameToken(one.slice(0, -1), one)).toBe(false);
    expect(isSameToken('', '')).toBe(true);
  });
});

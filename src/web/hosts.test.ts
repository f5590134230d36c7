import { expect, it } from 'vitest';
import { addressOf, hostsFor, isLoopback } from './hosts.ts';

it.each([
  ['127.0.0.1', true],
  ['127.8.0.1', true],
  ['localhost', true],
  ['::1', true],
  ['0.0.0.0', false],
  ['192.168.1.5', false],
  ['127.0.0.1.evil.example', false],
  ['::', false],
])('%s is loopback: %s', (address, expected) => expect(isLoopback(address)).toBe(expected));

it('answers under its own names and those it is given, with the port', () => {
  expect(hostsFor('127.0.0.1', 7780, ['Keel.Lan'])).toEqual([
    'localhost:7780',
    '127.0.0.1:7780',
    '[::1]:7780',
    'keel.lan:7780',
  ]);
  expect(hostsFor('10.0.0.7', 443, [])).toEqual(['10.0.0.7:443', '10.0.0.7']);
  expect(addressOf('https', '::1', 8443)).toBe('https://[::1]:8443');
});

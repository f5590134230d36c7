import { describe, expect, it } from 'vitest';
import { KeelError } from '../base/errors.ts';
import { parseMemory, parseNice, parsePolicy, parseSlice } from './parse-placement.ts';

describe('the words of placement', () => {
  it.each([
    ['other', 0, 0],
    ['batch', 3, 0],
    ['idle', 5, 0],
    ['fifo:1', 1, 1],
    ['rr:99', 2, 99],
  ])('the policy %s', (text, number, realtimePriority) => {
    expect(parsePolicy(text)).toEqual({ number, realtimePriority });
  });

  it.each([
    ['bind:0', { mode: 2, flags: 0, nodes: '0' }],
    ['node:1', { mode: 2, flags: 0, nodes: '1' }],
    ['bind:node:0', { mode: 2, flags: 0, nodes: '0' }],
    ['interleave:1,0', { mode: 3, flags: 0, nodes: '0-1' }],
    ['preferred:2', { mode: 1, flags: 0, nodes: '2' }],
    ['local', { mode: 4, flags: 0, nodes: '' }],
    ['default', { mode: 0, flags: 0, nodes: '' }],
  ])('the memory policy %s', (text, policy) => {
    expect(parseMemory(text)).toEqual(policy);
  });

  it.each([
    ['3ms', 3e6],
    ['100us', 1e5],
    ['0.1', 1e8],
    ['default', 0],
  ])('the slice %s', (text, ns) => {
    expect(parseSlice(text)).toBe(ns);
  });

  it.each([
    ['-20', -20],
    ['+5', 5],
    ['19', 19],
  ])('the nice value %s', (text, nice) => {
    expect(parseNice(text)).toBe(nice);
  });

  it.each([
    [parsePolicy, ['', 'fifo', 'fifo:0', 'fifo:100', 'fifo:1:2', 'other:1', 'deadline', 'rr:x', 'rr:1.5']],
    [parseMemory, ['', 'bind', 'bind:', 'local:0', 'preferred:0,1', 'interleave:x', 'any:0']],
    [parseSlice, ['', '0', '99us', '101ms', '-1ms', 'fast']],
    [parseNice, ['', '20', '-21', '1.5', 'x', '--5']],
  ] as const)('%o refuses what is none', (parse, texts) => {
    for (const text of texts) expect(() => parse(text), text).toThrow(KeelError);
  });
});

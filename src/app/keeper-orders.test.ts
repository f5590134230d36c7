import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FormatError } from '../base/errors.ts';
import { answerText, orderText, parseAnswer, parseOrder } from './keeper-orders.ts';

it('comes through as it was told', () => {
  const range = fc.tuple(fc.nat(), fc.nat());
  fc.assert(
    fc.property(fc.array(fc.array(range)), (order) => {
      expect(parseOrder(orderText(order))).toEqual(order);
    }),
  );
  expect(parseAnswer(answerText('kept'))).toBe('kept');
  expect(parseAnswer(answerText({ refused: 'mlock: ENOMEM' }))).toEqual({ refused: 'mlock: ENOMEM' });
});

it.each(['', '{}', '[[[0]]]', '[[[0,-1]]]', '[["0,1"]]', '[[[0.5,1]]]', 'keep'])('%s is no order', (text) => {
  expect(() => parseOrder(text)).toThrow(FormatError);
  expect(parseAnswer(text)).toBeNull();
});
